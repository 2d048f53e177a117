/** The command `npm run certs`. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkTopology } from '../model/check-topology.ts';
import { InvalidInput } from '../model/checks.ts';
import { topology } from '../topology.ts';
import { mintCommand } from './mint-command.ts';
import { ISSUED } from './store.ts';

const USAGE = 'usage: npm run certs [-- mint] [--folder <path, default certs/issued>]';

const commands = new Map([['mint', mintCommand]]);

/** @returns the exit code */
function main(args: string[]): number {
  const call = parse(args);
  if (!call) {
    console.error(USAGE);
    return 2;
  }
  try {
    call.command(checkTopology(topology), call.folder);
    return 0;
  } catch (error) {
    // A bug is shown with its stack; what the user or the system refused is told in one message.
    if (!(error instanceof InvalidInput) && !isSystemError(error)) throw error;
    console.error(error.message);
    return 1;
  }
}

function parse(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { folder: { type: 'string' } },
      allowPositionals: true,
    });
    const [name = 'mint', ...rest] = positionals;
    const command = commands.get(name);
    if (!command || rest.length > 0 || values.folder === '') return undefined;
    return { command, folder: values.folder ? resolve(values.folder) : ISSUED };
  } catch {
    return undefined;
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error;

process.exitCode = main(process.argv.slice(2));
