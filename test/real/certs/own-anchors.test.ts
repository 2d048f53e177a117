import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { topology as own } from '../../../examples/own-anchors.ts';
import type { Topology } from '../../../model/topology.ts';
import { AttackCredentials } from '../../support/attack/credentials.ts';
import { mintedFolder } from '../../support/certs/fixtures.ts';
import { linkerdInstall } from '../../support/certs/linkerd-install.ts';
import { run } from '../../support/command.ts';
import { describeReal, needed } from '../../support/parts.ts';

const BROKER = 'nats-broker.nats-system.serviceaccount.identity.linkerd.cluster.local';

const together: Topology = {
  brokerCluster: { ...own.brokerCluster, trustAnchor: 'shared' },
  leafClusters: own.leafClusters.map((leaf) => ({ ...leaf, trustAnchor: 'shared' })),
};

/** Whether certificates for the broker's identity, signed by the issuer of some cluster, are good under an anchor. */
async function verified(folder: string, anchor: string, issuer: string): Promise<string[]> {
  const file = (name: string) => join(folder, name);
  const thief = new AttackCredentials(folder);
  const said: string[] = [];
  for (const purpose of ['server', 'client'] as const) {
    const { cert } = thief.signedBy(issuer, BROKER, { purpose: `${purpose}Auth` });
    writeFileSync(file('forged.crt'), cert);
    const go = [needed('go-x509'), 'verify', file(`${anchor}.crt`), file('forged.crt'), purpose, BROKER];
    const openssl = [
      ...[needed('openssl'), 'verify', '-x509_strict', '-purpose', `ssl${purpose}`],
      ...['-CAfile', file(`${anchor}.crt`), '-untrusted', file(`${issuer}.crt`), file('forged.crt')],
    ];
    for (const command of [go, openssl]) {
      const { code, stderr } = await run(command);
      said.push(
        code === 0 ? 'good' : (/unknown authority|unable to get local issuer/.exec(stderr)?.[0] ?? stderr),
      );
    }
  }
  return said;
}

/** Whether Linkerd would run with the issuer of a cluster under an anchor. */
const installs = async (folder: string, anchor: string, issuer: string) => {
  const { code, stderr } = await linkerdInstall(folder, [`${anchor}.crt`, `${issuer}.crt`, `${issuer}.key`]);
  return code === 0 ? 'good' : stderr;
};

const GOOD = ['good', 'good', 'good', 'good'];
const UNKNOWN = ['unknown authority', 'unable to get local issuer'];
const STRANGE = [...UNKNOWN, ...UNKNOWN];

describeReal(['openssl', 'go-x509', 'linkerd'], "the thief of a leaf cluster's Linkerd issuer", () => {
  it('poses as the broker of another cluster where both share their anchor', async () => {
    const folder = mintedFolder(together);
    expect(await verified(folder, 'ca', 'cluster-b-issuer')).toEqual(GOOD);
    expect(await installs(folder, 'ca', 'cluster-b-issuer')).toBe('good');
  });

  it('poses as nobody of another cluster where each has its own', async () => {
    const folder = mintedFolder(own);
    expect(await verified(folder, 'vm-a-ca', 'cluster-b-issuer')).toEqual(STRANGE);
    expect(await installs(folder, 'vm-a-ca', 'cluster-b-issuer')).toContain('unknown authority');
  });

  it('poses there as what is in the cluster that was robbed, which is the control', async () => {
    const folder = mintedFolder(own);
    expect(await verified(folder, 'vm-b-ca', 'cluster-b-issuer')).toEqual(GOOD);
    expect(await installs(folder, 'vm-b-ca', 'cluster-b-issuer')).toBe('good');
  });
});
