import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Access } from './access.ts';

/** Signals that whoever started this sends to it and means for the command. */
const PASSED_ON = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;

/** Signals that a terminal sends to the command as well. */
const OF_THE_TERMINAL: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT']);

/**
 * Runs a command with the terminal of this program, and waits for it.
 * @param refuse is told why it cannot be started
 * @returns its exit code; 128 and the number of the signal that ended it, as shells count
 */
export function runWith(
  access: Access,
  words: readonly string[],
  refuse: (why: string) => never,
): Promise<number> {
  return access.inEnvironment(async (variables) => {
    const [command = '', ...args] = words;
    const env = { ...withoutNats(process.env), ...variables };
    let child: ReturnType<typeof spawn> | undefined;
    const passOn = (signal: NodeJS.Signals) => {
      if (!(process.stdin.isTTY && OF_THE_TERMINAL.has(signal))) child?.kill(signal);
    };
    // Whatever the command makes of a signal, the files and the way are taken away after it.
    for (const signal of PASSED_ON) process.on(signal, passOn);
    try {
      const ended = await new Promise<number | NodeJS.ErrnoException>((resolve) => {
        child = spawn(command, args, { stdio: 'inherit', env })
          .on('error', resolve)
          .on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
      });
      if (typeof ended === 'number') return ended;
      return refuse(
        ended.code === 'ENOENT'
          ? 'is no command on this machine; install it, or write its path'
          : `cannot be started (${ended.code}); write the path of a program`,
      );
    } finally {
      for (const signal of PASSED_ON) process.off(signal, passOn);
    }
  });
}

/** What the person has set for another server would be mixed with what is set here. */
const withoutNats = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('NATS_')));
