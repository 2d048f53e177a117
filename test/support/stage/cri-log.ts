import { closeSync, openSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';

/**
 * Writes what a container says to a file in the format of the Container Runtime Interface, which the kubelet reads
 * logs from: time, stream, F for a whole line or P for a part of one, text.
 * @param stream - text, whose standard output and error are one here
 */
export function writeCriLog(stream: Readable, path: string) {
  const file = openSync(path, 'w');
  const write = (tag: string, lines: readonly string[]) => {
    const start = `${new Date().toISOString()} stdout ${tag}`;
    writeSync(file, lines.map((line) => `${start} ${line}\n`).join(''));
  };
  let rest = '';
  stream.on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) write('F', lines);
  });
  stream.on('close', () => {
    if (rest) write('P', [rest]);
    closeSync(file);
  });
}
