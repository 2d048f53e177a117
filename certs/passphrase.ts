import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { InvalidInput } from '../model/checks.ts';
import type { AskPassphrase } from './x509/private-key.ts';

/** Takes the passphrase of every key from a file descriptor, up to its first line end. */
export function passphraseFrom(descriptor: number): AskPassphrase {
  let text: string | undefined;
  return (file) => {
    try {
      text ??= readFileSync(descriptor, 'utf8').split(/\r?\n/)[0];
    } catch {
      throw new InvalidInput(
        `--passphrase-fd: ${descriptor} cannot be read, and ${file} is encrypted; give for example --passphrase-fd 0 <file; npm passes on no descriptor above 2.`,
      );
    }
    return text ?? '';
  };
}

/** Asks for a passphrase on the terminal, which does not show it. */
export const passphraseFromTerminal: AskPassphrase = (file) => {
  const terminal = openTerminal(file);
  const setEcho = (mode: 'echo' | '-echo') =>
    spawnSync('stty', [mode], { stdio: [terminal, 'ignore', 'ignore'] });
  try {
    if (setEcho('-echo').status !== 0) throw noTerminal(file);
    writeSync(terminal, `Passphrase of ${file}: `);
    return readLine(terminal);
  } finally {
    setEcho('echo');
    writeSync(terminal, '\n');
    closeSync(terminal);
  }
};

function openTerminal(file: string): number {
  try {
    return openSync('/dev/tty', 'r+');
  } catch {
    throw noTerminal(file);
  }
}

const noTerminal = (file: string) =>
  new InvalidInput(
    `${file}: is encrypted, and there is no terminal to ask for its passphrase; use for example --passphrase-fd 0 <file.`,
  );

function readLine(terminal: number): string {
  const bytes: number[] = [];
  const byte = Buffer.alloc(1);
  while (readSync(terminal, byte) > 0 && byte[0] !== 0x0a) bytes.push(byte[0]!);
  return Buffer.from(bytes).toString('utf8');
}
