import { isRefusal } from '../model/checks.ts';
import { VERSION } from '../model/version.ts';
import { allowClosedPipe } from '../terminal/closed-pipe.ts';
import { certs } from './certs.ts';
import { type Command, runCommandLine } from './command-line.ts';
import { doctor } from './doctor.ts';
import { init } from './init.ts';
import { shell } from './shell.ts';
import { synth } from './synth.ts';

const root: Command = {
  about: `NATS across Kubernetes clusters, every hop authenticated and encrypted. Version ${VERSION}`,
  commands: { init, synth, certs, doctor, shell },
};

/**
 * The program `nats-mtls`.
 * @param words - those of the command line after its name
 * @returns the exit code
 */
export async function run(words: readonly string[]): Promise<number> {
  allowClosedPipe();
  if (words.length === 1 && words[0] === '--version') {
    console.log(VERSION);
    return 0;
  }
  try {
    return await runCommandLine('nats-mtls', root, words);
  } catch (error) {
    // A bug is shown with its stack; what the user or the system refused is told in one message.
    if (!isRefusal(error)) throw error;
    console.error(error.message);
    return 1;
  }
}
