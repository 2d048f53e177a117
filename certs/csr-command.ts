import { resolve } from 'node:path';
import { type CommandCall, print, UsageError } from './command.ts';
import { importCertificate, requestCertificate } from './csr.ts';
import { ANCHOR } from './plan.ts';
import { stepsInput } from './rotate-command.ts';
import { shownPath } from './shown-path.ts';
import { anchorSteps, deliver, natsCaSteps, renewalSteps } from './steps.ts';

function onlyWord({ args }: CommandCall): string {
  const [word, ...rest] = args;
  if (!word || rest.length > 0) throw new UsageError();
  return word;
}

/** Writes a request for a certificate and says what to do with it. */
export function csrCommand(call: CommandCall): void {
  const path = requestCertificate(call.topology, call.folder, onlyWord(call));
  print([
    `${shownPath(path)}: have it signed as it is, then run \`npm run certs -- import <file>\` with the answer.`,
  ]);
}

/** Takes a certificate that a request led to and says what to do next. */
export function importCommand(call: CommandCall): void {
  const { name, planned, replaces, renewed } = importCertificate(
    call.topology,
    call.folder,
    resolve(onlyWord(call)),
  );
  print([`${name}.crt: imported`, '']);
  const { brokerCluster, leafClusters } = call.topology;
  const cluster = [brokerCluster, ...leafClusters].find(({ issuer }) => issuer === planned.name);
  if (replaces) {
    print((planned.name === ANCHOR ? anchorSteps : natsCaSteps)('bundle', stepsInput(call)));
  } else if (renewed && cluster) {
    print(renewalSteps('issuer', cluster.name, {}, stepsInput(call)));
  } else if (renewed) {
    const input = stepsInput(call);
    print(deliver(input.carriers.certificates.get(name) ?? [], input));
  } else {
    print(['npm run certs   # mints what is still missing, and prints what to apply']);
  }
}
