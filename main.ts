/** The cdk8s app: topology → manifests in `dist/<cluster>/`, with the credentials that they need and a picture. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ISSUED } from './certs/store.ts';
import { InvalidInput } from './model/checks.ts';
import { synthCommand } from './synth/command.ts';
import { say as log } from './terminal/say.ts';
import { topology } from './topology.ts';

/** The folder of the credentials; undefined when the call is not understood. */
function issuedFolder(): string | undefined {
  try {
    const { folder = ISSUED } = parseArgs({ options: { folder: { type: 'string' } } }).values;
    return folder === '' ? undefined : resolve(folder);
  } catch {
    return undefined;
  }
}

try {
  const issued = issuedFolder();
  if (issued) synthCommand(topology, { issued, output: resolve(process.env.CDK8S_OUTDIR ?? 'dist'), log });
  else {
    log('usage: npm run synth [-- --folder <path of the credentials, default certs/issued>]');
    process.exitCode = 2;
  }
} catch (error) {
  if (!(error instanceof InvalidInput)) throw error;
  log(error.message);
  process.exitCode = 1;
}
