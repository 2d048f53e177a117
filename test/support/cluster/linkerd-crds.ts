import { join } from 'node:path';
import { run } from '../command.ts';
import { part } from '../parts.ts';
import type { ApiServer } from './api-server.ts';

const OURS = join(import.meta.dirname, '..', '..', '..', 'imports', 'crds', 'policy.linkerd.io.yaml');

/** Linkerd's own CRDs where its CLI is at hand; else ours, which have the same names and demand the same fields. */
export async function installLinkerdCrds(server: ApiServer): Promise<void> {
  const cli = part('linkerd');
  if (!cli) return server.applyCrds(OURS);
  const install = [cli, 'install', '--crds', '--ignore-cluster', '--set', 'installGatewayAPI=true'];
  const { code, stdout, stderr } = await run(install);
  if (code !== 0) throw new Error(`linkerd install --crds exited with ${code}: ${stderr}`);
  await server.must(['apply', '-f', '-'], { stdin: stdout });
}
