import { resolve } from 'node:path';
import { certsLine } from '../terminal/shown-command.ts';
import { shownPath } from '../terminal/shown-path.ts';
import { type CommandCall, print } from './command.ts';
import { importCertificate, requestCertificate } from './csr.ts';
import { stepsInput } from './rotate-command.ts';
import { renewalSteps } from './runbook/renewal.ts';
import { rootSteps } from './runbook/root-rotation.ts';

/** Writes a request for a certificate and says what to do with it. */
export function csrCommand(call: CommandCall): void {
  const path = requestCertificate(call.model, call.folder, call.word, call);
  print([
    `${shownPath(path)}: have it signed as it is, then run \`${certsLine(call.folder, 'import <file>')}\` with the answer.`,
  ]);
}

/** Takes a certificate that a request led to and says what to do next. */
export function importCommand(call: CommandCall): void {
  const { name, planned, replaces, renewed, inventory } = importCertificate(
    call.model,
    call.folder,
    resolve(call.word),
    call,
  );
  print([`${name}.crt: imported`, '']);
  if (replaces) {
    print(rootSteps(planned, 'bundle', stepsInput(call, inventory)));
  } else if (renewed) {
    print(renewalSteps({ certificates: [name] }, stepsInput(call, inventory)));
  } else {
    print([`${certsLine(call.folder)}   # mints what is still missing, and prints what to apply`]);
  }
}
