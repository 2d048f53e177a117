import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mint } from '../../certs/mint.ts';
import { topology } from '../../topology.ts';
import { run } from './command.ts';
import { describeReal, needed } from './parts.ts';

const { brokerCluster, leafClusters } = topology;
const issuers = [brokerCluster, ...leafClusters].map(({ issuer }) => issuer);

describeReal(['linkerd'], 'linkerd install --ignore-cluster', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nats-mtls-linkerd-'));
    mint(topology, join(folder, 'issued'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const install = (crt: string, key: string) => {
    const file = (name: string) => join(folder, 'issued', name);
    return run([
      ...[needed('linkerd'), 'install', '--ignore-cluster'],
      ...['--identity-trust-anchors-file', file('ca.crt')],
      ...['--identity-issuer-certificate-file', file(`${crt}.crt`)],
      ...['--identity-issuer-key-file', file(`${key}.key`)],
    ]);
  };

  it.each(issuers)('takes the minted files of %s', async (issuer) => {
    const { code, stderr } = await install(issuer, issuer);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it("refuses an issuer with another issuer's key", async () => {
    const [a = '', b = ''] = issuers;
    const { code, stderr } = await install(a, b);
    expect(code).not.toBe(0);
    expect(stderr).toContain('Public and private key do not match');
  });
});
