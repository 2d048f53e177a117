/** Makes the examples of `examples/clients` ready to run. What is slow to make is kept outside of the checkout. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from '../../../tools/parts.ts';
import { run } from '../command.ts';
import { ROOT } from '../docs/markdown.ts';
import { needed } from '../parts.ts';

export const LANGUAGES = ['go', 'typescript', 'python', 'java'] as const;

export type Language = (typeof LANGUAGES)[number];

/** Milliseconds in which the libraries of an example can be fetched and compiled. */
export const PREPARATION = 300_000;

export const folderOf = (language: Language) => join(ROOT, 'examples', 'clients', language);

/** @returns the command that runs the example */
export async function prepared(language: Language): Promise<string[]> {
  if (language === 'typescript') {
    return [process.execPath, '--import', import.meta.resolve('tsx'), join(folderOf(language), 'main.ts')];
  }
  const folder = join(CACHE, `client-${language}-${stampOf(language)}`);
  if (!existsSync(join(folder, 'ready'))) await make(language, folder);
  if (language === 'go') return [join(folder, 'orders')];
  if (language === 'python') return [join(folder, 'venv', 'bin', 'python'), join(folder, 'main.py')];
  const classes = [join(folder, 'target', 'classes'), join(folder, 'target', 'dependency', '*')].join(':');
  // One thread and one compiler are enough, and several of them run at once.
  return ['java', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', classes, 'Main'];
}

async function make(language: Exclude<Language, 'typescript'>, folder: string) {
  mkdirSync(folder, { recursive: true });
  cpSync(folderOf(language), folder, { recursive: true });
  const steps = {
    go: () => [[needed('go'), 'build', '-buildvcs=false', '-o', 'orders', '.']],
    python: () => [
      [needed('python'), '-m', 'venv', '--clear', 'venv'],
      [join(folder, 'venv', 'bin', 'pip'), 'install', '--quiet', '--requirement', 'requirements.txt'],
    ],
    java: () => [[needed('java'), '--batch-mode', '--quiet', 'package']],
  };
  for (const argv of steps[language]()) {
    const { code, stdout, stderr } = await run(argv, { cwd: folder, timeout: PREPARATION });
    if (code !== 0) throw new Error(`\`${argv.join(' ')}\` exited with ${code}:\n${stdout}${stderr}`);
  }
  cpSync(join(folder, MANIFESTS[language]), join(folder, 'ready.part'));
  renameSync(join(folder, 'ready.part'), join(folder, 'ready'));
}

const MANIFESTS = { go: 'go.mod', python: 'requirements.txt', java: 'pom.xml' };

function stampOf(language: Language): string {
  const hash = createHash('sha256');
  const files = readdirSync(folderOf(language), { recursive: true, encoding: 'utf8' }).sort();
  for (const file of files.filter((each) => statSync(join(folderOf(language), each)).isFile())) {
    hash.update(`\0${file}\0`).update(readFileSync(join(folderOf(language), file)));
  }
  return hash.digest('hex').slice(0, 16);
}
