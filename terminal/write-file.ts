import { chmodSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** A file to be written. */
export interface OutputFile {
  readonly text: string;
  /** Permission bits, which the file has afterwards even if it existed with others. @default - those of any new file */
  readonly mode?: number;
}

/** Makes a file hold exactly this text. It is replaced as a whole, and left alone where nothing changed. */
export function writeFile(path: string, { text, mode }: OutputFile): void {
  const old = statSync(path, { throwIfNoEntry: false });
  if (!old?.isFile() || readFileSync(path, 'utf8') !== text) replaceFile(path, text, mode);
  else if (mode !== undefined && (old.mode & 0o777) !== mode) chmodSync(path, mode);
}

function replaceFile(path: string, text: string, mode: number | undefined): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { mode, flag: 'wx' });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}
