import { X509Certificate } from 'node:crypto';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { report } from '../../../certs/check-report.ts';
import { requestCertificate } from '../../../certs/csr.ts';
import { mint } from '../../../certs/mint.ts';
import { credentialPlan } from '../../../certs/plan.ts';
import { issuedIn } from '../../../certs/read-issued.ts';
import { renew, renewalOf, renewExpiring } from '../../../certs/rotate.ts';
import { rotateStage } from '../../../certs/rotate-command.ts';
import { rotateRoot } from '../../../certs/rotate-root.ts';
import { linkerdLines } from '../../../certs/runbook/linkerd-install.ts';
import { rootSteps } from '../../../certs/runbook/root-rotation.ts';
import { findSecretRefs } from '../../../certs/secret-refs.ts';
import { readIssued } from '../../../certs/store/folder.ts';
import { takeInventory } from '../../../certs/store/inventory.ts';
import { topology as own } from '../../../examples/own-anchors.ts';
import { resolve } from '../../../model/resolve.ts';
import type { LeafCluster, Topology } from '../../../model/topology.ts';
import {
  encrypt,
  everything,
  leaf,
  messageOf,
  mintedFolder,
  read,
  remove,
  topology as shared,
  write,
} from '../../support/certs/fixtures.ts';

const plan = credentialPlan(resolve(own));
const rootNamed = (name: string) => plan.certificates.find((root) => root.name === name)!;
const certificate = (folder: string, name: string) => new X509Certificate(read(folder, `${name}.crt`));

/** Which of the anchors signed a cluster's issuer. */
const signs = (folder: string, issuer: string, anchor: string) =>
  certificate(folder, issuer).verify(certificate(folder, anchor).publicKey);

/** The topology of two clusters, of which the leaf has an anchor of its own. */
const ofLeaf: Topology = { ...shared, leafClusters: [{ ...shared.leafClusters[0]!, trustAnchor: 'own' }] };
const ofBoth: Topology = { ...ofLeaf, brokerCluster: { ...shared.brokerCluster, trustAnchor: 'own' } };

/** Takes the leaf's anchor to its next stage. */
const rotate = (folder: string, confirmed?: string, wanted = ofLeaf, anchor = 'vm-b-ca') =>
  rotateRoot(resolve(wanted), folder, anchor, confirmed);

function problemsOf(folder: string, wanted: Topology): readonly string[] {
  const model = resolve(wanted);
  const now = new Date();
  const inventory = takeInventory(credentialPlan(model), readIssued(folder), now, folder);
  return report({
    ...{ model, plan: credentialPlan(model), inventory, secretRefs: findSecretRefs(model), folder, now },
    ...{ loose: [], nested: [], missingBundles: [], days: 60 },
  }).problems;
}

describe('a cluster with an anchor of its own', () => {
  it('has its issuer signed by that alone, and no anchor is there that nobody shares', () => {
    const folder = mintedFolder(own);
    expect(plan.certificates.filter(({ role }) => role === 'anchor').map(({ name }) => name)).toEqual([
      ...['vm-a-ca', 'vm-b-ca', 'vm-c-ca'],
    ]);
    expect(signs(folder, 'cluster-b-issuer', 'vm-b-ca')).toBe(true);
    expect(signs(folder, 'cluster-b-issuer', 'vm-a-ca')).toBe(false);
    expect(problemsOf(folder, own)).toEqual([]);
  });

  it('is told apart by the subject of its anchor, however long its name is', () => {
    const name = `a${'-b'.repeat(25)}c`;
    const { certificates } = credentialPlan(
      resolve({ ...shared, leafClusters: [{ ...leaf, name, trustAnchor: 'own' }] }),
    );
    const { commonName } = certificates.find(({ cluster }) => cluster === name)!;
    expect(commonName).toBe(`${name}-ca`);
    // The upper bound of a common name in RFC 5280.
    expect(commonName.length).toBeLessThanOrEqual(64);
  });

  it('leaves the others the anchor that they share', () => {
    const folder = mintedFolder(ofLeaf);
    expect(signs(folder, 'cluster-a-issuer', 'ca')).toBe(true);
    expect(signs(folder, 'cluster-b-issuer', 'vm-b-ca')).toBe(true);
  });

  it('gets the file of that anchor in the line that installs Linkerd', () => {
    const lines = linkerdLines(resolve(ofLeaf), 'issued').map((each) => each.lines.join('\n'));
    expect(lines[0]).toContain('--identity-trust-anchors-file issued/ca.crt ');
    expect(lines[1]).toContain('--identity-trust-anchors-file issued/vm-b-ca.crt ');
  });

  it('is as its broker where it is another site of it, unless it says otherwise', () => {
    const sites = ['vm-c', 'vm-d'].map((name, i) => ({
      ...{ name, address: `${i + 3}.3.3.3`, issuer: `${name}-issuer` },
    }));
    const [c, d] = sites as [(typeof sites)[0], (typeof sites)[0]];
    const brokerCluster = {
      ...ofBoth.brokerCluster,
      furtherSites: [c, { ...d, trustAnchor: 'shared' as const }],
    };
    const { clusters } = resolve({ brokerCluster, leafClusters: [] });
    expect(clusters.map(({ anchor }) => anchor)).toEqual(['vm-a-ca', 'vm-c-ca', 'ca']);
  });

  it('has to share the anchor with what a Linkerd gateway joins it to', () => {
    const link = { kind: 'linkerd-gateway', linkName: 'vm-a' } as const;
    const through = (from: Topology, trustAnchor?: 'own'): Topology => ({
      ...from,
      leafClusters: [{ ...leaf, link, ...(trustAnchor ? { trustAnchor } : {}) }],
    });
    const message = (place: string, name: string) =>
      `topology.ts \`${place}.trustAnchor\`: 'own' on ${name}, and the link of vm-b leads through a Linkerd gateway, which needs one anchor on both sides; leave it out, or have vm-b connect by nats-tls.`;
    expect(messageOf(() => resolve(through(shared, 'own')))).toBe(message('leafClusters[0]', 'vm-b'));
    expect(messageOf(() => resolve(through(ofBoth)))).toBe(message('brokerCluster', 'vm-a'));
    const beside: LeafCluster = {
      ...leaf,
      name: 'vm-c',
      address: '3.3.3.3',
      issuer: 'c',
      trustAnchor: 'own',
    };
    const mixed = { ...shared, leafClusters: [...through(shared).leafClusters, beside] };
    expect(resolve(mixed).clusters.map(({ anchor }) => anchor)).toEqual(['ca', 'ca', 'vm-c-ca']);
  });

  it.each(['vm-b-ca', 'vm-b-ca-next', 'vm-b-ca-previous', 'vm-b-ca-bundle'])(
    'has %s for itself, which no other certificate may be called',
    (issuer) => {
      const wanted = { ...ofLeaf, brokerCluster: { ...shared.brokerCluster, issuer } };
      expect(messageOf(() => resolve(wanted))).toContain(`two certificates would be called '${issuer}.crt'`);
    },
  );

  it('is not called so that its anchor would be the NATS CA', () => {
    const wanted: Topology = { ...shared, leafClusters: [{ ...leaf, name: 'nats', trustAnchor: 'own' }] };
    expect(messageOf(() => resolve(wanted))).toContain("two certificates would be called 'nats-ca.crt'");
  });
});

describe('the rotation of the anchor of one cluster', () => {
  it('goes through its stages and touches neither another cluster nor its steps', () => {
    const folder = mintedFolder(own);
    const others = () =>
      [...readIssued(folder)].filter(([name]) => !/^(vm-b-ca|cluster-b-issuer)/.test(name));
    const before = others();
    const files = (confirmed?: string) => {
      rotate(folder, confirmed, own);
      return [...readIssued(folder).keys()].filter((name) => name.startsWith('vm-b-ca')).sort();
    };
    expect(files()).toEqual([
      ...['vm-b-ca-bundle.crt', 'vm-b-ca-next.crt', 'vm-b-ca-next.key', 'vm-b-ca.crt', 'vm-b-ca.key'],
    ]);
    expect(read(folder, 'vm-b-ca-bundle.crt')).toBe(
      read(folder, 'vm-b-ca.crt') + read(folder, 'vm-b-ca-next.crt'),
    );
    expect(files('bundle')).toEqual([
      ...['vm-b-ca-bundle.crt', 'vm-b-ca-previous.crt', 'vm-b-ca.crt', 'vm-b-ca.key'],
    ]);
    expect(signs(folder, 'cluster-b-issuer', 'vm-b-ca')).toBe(true);
    expect(files('switch')).toEqual(['vm-b-ca.crt', 'vm-b-ca.key']);
    expect(others()).toEqual(before);
    expect(mint(resolve(own), folder)).toMatchObject({ minted: [], renewed: [], unused: [] });
  });

  it('prints the steps of that cluster alone, with its file', () => {
    const model = resolve(own);
    const folder = mintedFolder(own);
    const { inventory } = rotate(folder, undefined, own);
    const to = { model, secretRefs: findSecretRefs(model), folder: 'issued', issued: inventory.issued };
    const steps = rootSteps(rootNamed('vm-b-ca'), 'bundle', to);
    expect(steps[0]).toBe(
      'linkerd --context vm-b upgrade --identity-trust-anchors-file issued/vm-b-ca-bundle.crt | kubectl --context vm-b apply -f -',
    );
    expect(steps.at(-2)).toBe('# When "data plane proxies certificate match CA" passes on vm-b:');
    expect(steps.at(-1)).toBe('#   npm run certs -- rotate anchor vm-b --confirmed bundle --folder issued');
    const all = (['bundle', 'switch', 'retire'] as const).flatMap((stage) =>
      rootSteps(rootNamed('vm-b-ca'), stage, to),
    );
    expect(all.join('\n')).not.toMatch(/vm-[ac]\b/);
  });

  it('is not among the steps of the anchor that the others share', () => {
    const model = resolve(ofLeaf);
    const to = { model, secretRefs: findSecretRefs(model), folder: 'issued', issued: new Map() };
    const ca = credentialPlan(model).certificates.find(({ name }) => name === 'ca')!;
    const steps = rootSteps(ca, 'bundle', to);
    expect(steps.join('\n')).not.toContain('vm-b');
    expect(steps).toContain(
      '# When "data plane proxies certificate match CA" passes on every cluster that shares it:',
    );
  });

  it('is named by the cluster, where there is one to name', () => {
    const call = (wanted: Topology, word: string) => () =>
      rotateStage('anchor')({
        ...{ model: resolve(wanted), folder: 'nowhere', word, json: false },
        askPassphrase: () => '',
      });
    expect(messageOf(call(own, ''))).toBe(
      'certs `rotate anchor`: every cluster has an anchor of its own; name one: vm-a, vm-b, vm-c.',
    );
    expect(messageOf(call(own, 'vm-x'))).toContain('"vm-x" is not in the topology; use vm-a, vm-b, vm-c');
    expect(messageOf(call(ofLeaf, 'vm-a'))).toBe(
      'certs `rotate anchor`: "vm-a" shares ca.crt; leave the cluster out to replace that, or give the cluster `trustAnchor: \'own\'` in topology.ts.',
    );
  });

  it('is what an anchor that ends soon waits for', () => {
    const folder = mintedFolder(own, new Date(Date.now() - 3640 * 86_400_000));
    expect(renewExpiring(resolve(own), folder, 30).roots).toEqual([
      ...['vm-a-ca', 'vm-b-ca', 'vm-c-ca', 'nats-ca'],
    ]);
  });
});

describe('a cluster that leaves the shared anchor', () => {
  it('is not given another one at once, but told how to get it without a loss', () => {
    const folder = mintedFolder(shared);
    const before = everything(folder);
    const message =
      /vm-b-ca\.crt: is missing, because vm-b has shared ca\.crt so far; run `npm run certs -- rotate anchor vm-b --folder \S+`, which gives it an anchor of its own in stages/;
    expect(messageOf(() => mint(resolve(ofLeaf), folder))).toMatch(message);
    expect(issuedIn(folder, resolve(ofLeaf), new Date())).toMatch(message);
    expect(problemsOf(folder, ofLeaf)).toEqual([expect.stringMatching(message)]);
    expect(everything(folder)).toEqual(before);
  });

  it('trusts both anchors, then takes the new issuer, then drops the shared one', () => {
    const folder = mintedFolder(shared);
    const [ca, issuer] = [read(folder, 'ca.crt'), read(folder, 'cluster-b-issuer.crt')];
    rotate(folder);
    expect(read(folder, 'vm-b-ca-bundle.crt')).toBe(ca + read(folder, 'vm-b-ca-next.crt'));
    expect(read(folder, 'cluster-b-issuer.crt')).toBe(issuer);
    rotate(folder, 'bundle');
    expect(read(folder, 'vm-b-ca-bundle.crt')).toBe(read(folder, 'vm-b-ca.crt') + ca);
    expect(signs(folder, 'cluster-b-issuer', 'vm-b-ca')).toBe(true);
    expect(signs(folder, 'cluster-b-issuer', 'ca')).toBe(false);
    rotate(folder, 'switch');
    expect([...readIssued(folder).keys()].filter((name) => name.startsWith('vm-b-ca'))).toEqual([
      ...['vm-b-ca.crt', 'vm-b-ca.key'],
    ]);
    expect(read(folder, 'ca.crt')).toBe(ca);
    expect(signs(folder, 'cluster-a-issuer', 'ca')).toBe(true);
    expect(mint(resolve(ofLeaf), folder)).toMatchObject({ minted: [], renewed: [], unused: [] });
    expect(problemsOf(folder, ofLeaf)).toEqual([]);
  });

  it('goes one by one with the others that leave it, until nobody needs it', () => {
    const folder = mintedFolder(shared);
    rotate(folder, undefined, ofBoth);
    expect([...readIssued(folder).keys()].filter((name) => name.startsWith('vm-a-ca'))).toEqual([]);
    expect(messageOf(() => mint(resolve(ofBoth), folder))).toContain('vm-a-ca.crt: is missing');
    rotate(folder, undefined, ofBoth, 'vm-a-ca');
    for (const stage of ['bundle', 'switch'])
      for (const anchor of ['vm-a-ca', 'vm-b-ca']) rotate(folder, stage, ofBoth, anchor);
    expect(mint(resolve(ofBoth), folder)).toMatchObject({ minted: [], unused: ['ca.crt', 'ca.key'] });
    expect(problemsOf(folder, ofBoth)).toEqual([]);
  });

  it('waits until the rotation of the shared one has ended', () => {
    const folder = mintedFolder(shared);
    for (const stage of [undefined, 'bundle']) {
      rotateRoot(resolve(shared), folder, 'ca', stage);
      const before = everything(folder);
      expect(messageOf(() => rotate(folder))).toContain(
        'the rotation of ca.crt is under way; take `trustAnchor` of vm-b out of topology.ts, end that rotation, and put it back.',
      );
      expect(everything(folder)).toEqual(before);
    }
  });

  it('does so before the shared one is replaced, and would miss its replacement otherwise', () => {
    const folder = mintedFolder(shared);
    const before = everything(folder);
    expect(messageOf(() => rotate(folder, undefined, ofLeaf, 'ca'))).toContain(
      'vm-b-ca.crt: is missing, because vm-b has shared ca.crt so far',
    );
    expect(everything(folder)).toEqual(before);
  });

  it('does so while the key of the shared one is elsewhere', () => {
    const folder = mintedFolder(shared);
    remove(folder, 'ca.key');
    rotate(folder);
    rotate(folder, 'bundle');
    expect(signs(folder, 'cluster-b-issuer', 'vm-b-ca')).toBe(true);
  });

  it('keeps the key of its own under the passphrase of the shared one', () => {
    const folder = mintedFolder(shared);
    encrypt(folder, 'ca.key', 'correct horse');
    const asked: string[] = [];
    const askPassphrase = (file: string) => {
      asked.push(basename(file));
      return 'correct horse';
    };
    requestCertificate(resolve(ofLeaf), folder, 'vm-b-ca', { askPassphrase });
    rotateRoot(resolve(ofLeaf), folder, 'vm-b-ca', undefined, { askPassphrase });
    for (const key of ['vm-b-ca.request.key', 'vm-b-ca-next.key'])
      expect(read(folder, key)).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    expect(asked).toEqual(['ca.key', 'ca.key']);
  });

  it('is found out when what should be its own is a copy of another', () => {
    const folder = mintedFolder(ofLeaf);
    for (const ending of ['crt', 'key']) write(folder, `vm-b-ca.${ending}`, read(folder, `ca.${ending}`));
    remove(folder, 'cluster-b-issuer.crt', 'cluster-b-issuer.key');
    mint(resolve(ofLeaf), folder);
    expect(problemsOf(folder, ofLeaf)).toEqual([
      expect.stringMatching(
        /vm-b-ca\.crt: has the key of ca\.crt, so it is no anchor of vm-b alone; run `npm run certs -- rotate anchor vm-b --folder \S+`\.$/,
      ),
    ]);
    rotate(folder);
    expect(problemsOf(folder, ofLeaf)).toEqual([]);
  });

  it.each([
    ['beside others', ofLeaf],
    ['that nobody has shared', ofBoth],
  ])('does not come back at once to one %s, which nothing there trusts', (_, left) => {
    const folder = mintedFolder(left);
    const before = everything(folder);
    const wanted = { ...left, leafClusters: shared.leafClusters };
    const message =
      "cluster-b-issuer.crt: was not signed by ca.crt; give vm-b `trustAnchor: 'own'` again, because vm-b-ca.crt signed it; how it comes to share ca.crt without an outage is in docs/certificates.md.";
    const model = resolve(wanted);
    for (const way of [
      () => mint(model, folder),
      () => renew(model, folder, renewalOf(model, 'issuer', 'vm-b')),
    ])
      expect(messageOf(way)).toContain(message);
    expect(everything(folder)).toEqual(before);
  });

  it('does not come back at once because its issuer has expired either', () => {
    const folder = mintedFolder(ofLeaf);
    const before = everything(folder);
    const later = { now: new Date(certificate(folder, 'cluster-b-issuer').validTo) };
    expect(messageOf(() => renewExpiring(resolve(shared), folder, 30, later))).toContain(
      "give vm-b `trustAnchor: 'own'` again",
    );
    expect(everything(folder)).toEqual(before);
  });

  it('comes back to it by the same stages, with the shared one as the next', () => {
    const folder = mintedFolder(ofLeaf);
    for (const ending of ['crt', 'key'])
      write(folder, `vm-b-ca-next.${ending}`, read(folder, `ca.${ending}`));
    mint(resolve(ofLeaf), folder);
    expect(read(folder, 'vm-b-ca-bundle.crt')).toBe(read(folder, 'vm-b-ca.crt') + read(folder, 'ca.crt'));
    rotate(folder, 'bundle');
    rotate(folder, 'switch');
    const issuer = read(folder, 'cluster-b-issuer.crt');
    mint(resolve(shared), folder);
    expect(read(folder, 'cluster-b-issuer.crt')).toBe(issuer);
    expect(signs(folder, 'cluster-b-issuer', 'ca')).toBe(true);
  });
});
