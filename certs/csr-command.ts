import { resolve } from 'node:path';
import { type CommandCall, print, UsageError } from './command.ts';
import { importCertificate, requestCertificate } from './csr.ts';
import { ANCHOR } from './plan.ts';
import { renewalSteps } from './renewal-steps.ts';
import { anchorSteps, natsCaSteps } from './root-steps.ts';
import { stepsInput } from './rotate-command.ts';
import { certsLine } from './shown-command.ts';
import { shownPath } from './shown-path.ts';

function onlyWord({ args }: CommandCall): string {
  const [word, ...rest] = args;
  if (!word || rest.length > 0) throw new UsageError();
  return word;
}

/** Writes a request for a certificate and says what to do with it. */
export function csrCommand(call: CommandCall): void {
  const path = requestCertificate(call.topology, call.folder, onlyWord(call), call);
  print([
    `${shownPath(path)}: have it signed as it is, then run \`${certsLine(call.folder, 'import <file>')}\` with the answer.`,
  ]);
}

/** Takes a certificate that a request led to and says what to do next. */
export function importCommand(call: CommandCall): void {
  const { name, planned, replaces, renewed, stock } = importCertificate(
    call.topology,
    call.folder,
    resolve(onlyWord(call)),
    call,
  );
  print([`${name}.crt: imported`, '']);
  if (replaces) {
    print((planned.name === ANCHOR ? anchorSteps : natsCaSteps)('bundle', stepsInput(call, stock)));
  } else if (renewed) {
    print(renewalSteps({ certificates: [name] }, stepsInput(call, stock)));
  } else {
    print([`${certsLine(call.folder)}   # mints what is still missing, and prints what to apply`]);
  }
}
