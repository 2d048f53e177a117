/** The command `npm run certs`. */
import { checkTopology } from '../model/check-topology.ts';
import { InvalidInput } from '../model/checks.ts';
import { allowClosedPipe } from '../terminal/closed-pipe.ts';
import { topology } from '../topology.ts';
import { checkCommand } from './check-command.ts';
import { type CommandCall, UsageError } from './command.ts';
import { csrCommand, importCommand } from './csr-command.ts';
import { mintCommand } from './mint-command.ts';
import { parseCall } from './parse-call.ts';
import { passphraseFrom, passphraseFromTerminal } from './passphrase.ts';
import { reinstateCommand, revokeCommand } from './revoke-command.ts';
import { rotateCommand } from './rotate-command.ts';

const USAGE = `usage: npm run certs [-- <command>] [--folder <path, default certs/issued>] [--passphrase-fd <number>]
  mint                                       mint what is missing (the default)
  check [--days <number, default 60>] [--json]  exit code 0 fine, 1 something is wrong, 3 something ends soon
  rotate issuer <cluster> | leaf <cluster> | client <name> | server | password <cluster>/<user>
  rotate expiring [--days <number, default 30>]  renew all that has expired or ends soon, roots excepted
  rotate anchor | nats-ca [--confirmed bundle | switch]
  revoke leaf <cluster>
  reinstate leaf <cluster>
  csr <certificate>                          write a request for a CA that only signs requests
  import <file>                              take what that CA made of it`;

/** A command that either succeeds or throws. */
const plain = (command: (call: CommandCall) => void) => (call: CommandCall) => {
  command(call);
  return 0;
};

/** Each returns the exit code. */
const commands = new Map([
  ['mint', plain(mintCommand)],
  ['check', checkCommand],
  ['rotate', plain(rotateCommand)],
  ['revoke', plain(revokeCommand)],
  ['reinstate', plain(reinstateCommand)],
  ['csr', plain(csrCommand)],
  ['import', plain(importCommand)],
]);

/** @returns the exit code */
function main(words: string[]): number {
  try {
    const { name, passphraseFd, ...call } = parseCall(words);
    const command = commands.get(name);
    if (!command) throw new UsageError();
    const askPassphrase = passphraseFd === undefined ? passphraseFromTerminal : passphraseFrom(passphraseFd);
    return command({ ...call, topology: checkTopology(topology), askPassphrase });
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(USAGE);
      return 2;
    }
    // A bug is shown with its stack; what the user or the system refused is told in one message.
    if (!(error instanceof InvalidInput) && !isSystemError(error)) throw error;
    console.error(error.message);
    return 1;
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error;

allowClosedPipe();
process.exitCode = main(process.argv.slice(2));
