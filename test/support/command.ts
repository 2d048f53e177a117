import { type ChildProcess, spawn } from 'node:child_process';

export interface Result {
  /** Exit code, or undefined when a signal ended the command. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Text for standard input. @default - none, and end of file */
  readonly stdin?: string;
  /** Milliseconds until the command is killed. @default 10000 */
  readonly timeout?: number;
  /** The whole environment. @default - that of the tests */
  readonly env?: Record<string, string>;
  /** The working folder. @default - that of the tests */
  readonly cwd?: string;
}

/** Runs a command to its end. A non-zero exit is a result, not an error. */
export function run(argv: readonly string[], options: CommandOptions = {}): Promise<Result> {
  const [command = '', ...args] = argv;
  const child = spawn(command, args, {
    ...{ env: options.env ?? process.env, cwd: options.cwd, detached: true },
  });
  const timer = setTimeout(() => killGroup(child), options.timeout ?? 10_000);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  // A command that ends without reading its input is no failure of ours.
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? undefined, stdout, stderr });
    });
  });
}

/** Kills a detached child and everything that it started and that stayed in its group. */
export function killGroup(child: ChildProcess) {
  try {
    if (child.pid) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}
