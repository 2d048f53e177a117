/** Takes what a command has to say, line by line. */
export interface Say {
  (line: string): void;
  /** Shows a line that the next one takes the place of. @default - there is no terminal that could */
  replace?(line: string): void;
}

const CLEAR = '\r\u001b[2K';

/** Says it on standard error, because standard output is for results. */
export const say: Say = Object.assign(
  (line: string) => console.error(process.stderr.isTTY ? `${CLEAR}${line}` : line),
  process.stderr.isTTY ? { replace: (line: string) => void process.stderr.write(`${CLEAR}${line}`) } : {},
);
