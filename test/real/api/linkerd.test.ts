import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mint } from '../../../certs/mint.ts';
import { resolve } from '../../../model/resolve.ts';
import { topology } from '../../../topology.ts';
import { linkerdInstall } from '../../support/certs/linkerd-install.ts';
import { describeReal } from '../../support/parts.ts';

const { brokerCluster, leafClusters } = topology;
const issuers = [brokerCluster, ...leafClusters].map(({ issuer }) => issuer);

describeReal(['linkerd'], 'linkerd install --ignore-cluster', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nats-mtls-linkerd-'));
    mint(resolve(topology), join(folder, 'issued'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const install = (crt: string, key: string) =>
    linkerdInstall(join(folder, 'issued'), ['ca.crt', `${crt}.crt`, `${key}.key`]);

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

  it('refuses an issuer that the anchor has not signed', async () => {
    const { code, stderr } = await install('nats-ca', 'nats-ca');
    expect(code).not.toBe(0);
    expect(stderr).toContain('certificate signed by unknown authority');
  });
});
