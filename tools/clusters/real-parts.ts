/** The parts that no module proxy serves: Linkerd, cert-manager, kube-router, the exporter, and busybox on musl. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CACHE } from '../parts.ts';

/** The folder with the archives, which `REAL_PARTS` names. */
export const partsFolder = () => process.env.REAL_PARTS && resolve(process.env.REAL_PARTS);

/** Archives that are unpacked, by the beginning of their names. */
const ARCHIVES = /^(linkerd|others|cert-manager)-.*\.tar\.xz$/;

/** Unpacks the archives after their checksums, once. @returns the folder of the programs */
export function unpacked(): string {
  const from = partsFolder();
  if (!from || !existsSync(join(from, 'SHA256SUMS'))) {
    throw new Error(
      `REAL_PARTS is ${from ?? 'not set'}; set it to a folder with linkerd-*.tar.xz, others-*.tar.xz and SHA256SUMS.`,
    );
  }
  const sums = readFileSync(join(from, 'SHA256SUMS'), 'utf8');
  const archives = readdirSync(from).filter((name) => ARCHIVES.test(name));
  const hash = createHash('sha256').update(`${archives}\n${sums}`).digest('hex');
  const target = join(CACHE, `unpacked-${hash.slice(0, 16)}`);
  if (existsSync(target)) return target;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = mkdtempSync(`${target}.`);
  try {
    for (const archive of archives) {
      console.log(`unpacking ${archive}`);
      execFileSync('tar', ['-xJf', join(from, archive), '-C', unfinished]);
    }
    // Programs of other archives are listed as well.
    const present = sums.split('\n').filter((line) => existsSync(join(unfinished, line.slice(66) || '\0')));
    execFileSync('sha256sum', ['--quiet', '-c'], { cwd: unfinished, input: `${present.join('\n')}\n` });
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    throw error;
  }
  return target;
}
