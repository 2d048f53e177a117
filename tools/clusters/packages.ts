/** Programs and libraries of Debian packages, unpacked and not installed, so that nothing of them starts by itself. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from '../parts.ts';

/** @returns the folder that the packages are unpacked in, as it would be the root of a file system */
export function unpackedPackages(name: string, packages: readonly string[]): string {
  const found = spawnSync('apt-get', ['download', '--print-uris', ...packages], { encoding: 'utf8' });
  if (found.status !== 0) {
    throw new Error(
      `The packages ${packages.join(', ')} are not to be found; run "apt-get update" on Debian.`,
    );
  }
  const versions = [...found.stdout.matchAll(/ (\S+\.deb) /g)].map(([, file]) => file).sort();
  const stamp = createHash('sha256').update(versions.join()).digest('hex').slice(0, 16);
  const target = join(CACHE, `${name}-${stamp}`);
  if (existsSync(target)) return target;
  console.log(`unpacking ${packages.join(', ')}`);
  mkdirSync(CACHE, { recursive: true });
  const unfinished = mkdtempSync(`${target}.`);
  try {
    // `apt-get` would leave its privileges for those of a user who may not write here.
    execFileSync('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', ...packages], {
      cwd: unfinished,
    });
    for (const file of readdirSync(unfinished)) {
      execFileSync('dpkg', ['-x', join(unfinished, file), unfinished]);
      rmSync(join(unfinished, file));
    }
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    throw error;
  }
  return target;
}
