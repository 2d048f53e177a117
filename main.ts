/** The cdk8s app: topology → manifests in `dist/<cluster>/`, with the credentials that they need and a picture. */
import { resolve } from 'node:path';
import { ISSUED } from './certs/store.ts';
import { InvalidInput } from './model/checks.ts';
import { synthCommand } from './synth/command.ts';
import { topology } from './topology.ts';

// The cdk8s CLI keeps an app's standard output to itself, so everything is said on standard error.
const log = (line: string) => console.error(line);

try {
  synthCommand(topology, { issued: ISSUED, output: resolve(process.env.CDK8S_OUTDIR ?? 'dist'), log });
} catch (error) {
  if (!(error instanceof InvalidInput)) throw error;
  log(error.message);
  process.exitCode = 1;
}
