import { describe, expect, it } from 'vitest';
import { report } from '../../../certs/check-report.ts';
import { mint } from '../../../certs/mint.ts';
import { credentialPlan } from '../../../certs/plan.ts';
import { renew, renewExpiring } from '../../../certs/rotate.ts';
import { findSecretRefs } from '../../../certs/secret-refs.ts';
import { readIssued } from '../../../certs/store/folder.ts';
import { takeInventory } from '../../../certs/store/inventory.ts';
import { resolve } from '../../../model/resolve.ts';
import {
  everything,
  messageOf,
  mintedFolder,
  read,
  remove,
  topology,
  write,
} from '../../support/certs/fixtures.ts';

const DAY = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY);
const plan = credentialPlan(resolve(topology));
const signed = plan.certificates.filter(({ signer }) => signer).map(({ name }) => name);

/** What `check` finds, now and with `days` for soon. */
function checked(folder: string, days = 60) {
  const now = new Date();
  const files = readIssued(folder);
  const inventory = takeInventory(plan, files, now, folder);
  const secretRefs = findSecretRefs(resolve(topology));
  const model = resolve(topology);
  return report({
    model,
    plan,
    inventory,
    secretRefs,
    folder,
    loose: [],
    nested: [],
    missingBundles: [],
    now,
    days,
  });
}

describe('what has expired', () => {
  it('is listed with the days since then, and its problem says what renews all of it', () => {
    const folder = mintedFolder(topology, ago(367.5));
    renew(resolve(topology), folder, { certificates: ['vm-b-nats-leaf'] });
    const { certificates, problems, expiring } = checked(folder);
    const daysLeft = Object.fromEntries(certificates.map((one) => [one.name, one.daysLeft]));
    expect(certificates.map(({ name }) => name)).toEqual(plan.certificates.map(({ name }) => name));
    expect(daysLeft).toMatchObject({ 'vm-a-nats-broker': -3, 'cluster-a-issuer': -3, 'vm-b-nats-leaf': 364 });
    expect(problems).toHaveLength(6);
    expect(problems[0]).toMatch(
      /cluster-a-issuer\.crt: expired at .*; run `npm run certs -- rotate expiring --folder \S+`, which renews all that has expired\.$/,
    );
    expect(expiring).toEqual([]);
  });

  it('is listed below a root that has expired too, which alone is the problem', () => {
    const { certificates, problems } = checked(mintedFolder(topology, ago(3652)));
    expect(certificates.map(({ name }) => name)).toEqual(plan.certificates.map(({ name }) => name));
    expect(certificates.every(({ daysLeft }) => daysLeft < 0)).toBe(true);
    expect(problems).toEqual([
      expect.stringMatching(/ca\.crt: expired at .*; delete it and all that it signed \(ca\.\*, /),
      expect.stringMatching(/nats-ca\.crt: expired at .*; delete it and all that it signed \(nats-ca\.\*, /),
    ]);
  });
});

describe('rotate expiring', () => {
  it('renews at once all that has expired or ends soon, and neither a root nor what has time', () => {
    const folder = mintedFolder(topology, ago(366));
    renew(resolve(topology), folder, { certificates: ['cluster-a-issuer'] }, { now: ago(340) });
    renew(resolve(topology), folder, { certificates: ['vm-a-sys'] });
    const before = new Map(plan.certificates.map(({ name }) => [name, read(folder, `${name}.crt`)]));
    const due = signed.filter((name) => name !== 'vm-a-sys');
    expect(renewExpiring(resolve(topology), folder, 30)).toMatchObject({ certificates: due, roots: [] });
    const changed = [...before].filter(([name, crt]) => read(folder, `${name}.crt`) !== crt);
    expect(changed.map(([name]) => name)).toEqual(due);
    expect(mint(resolve(topology), folder)).toMatchObject({ minted: [], renewed: [] });
  });

  it('changes nothing when nothing ends soon', () => {
    const folder = mintedFolder(topology, ago(300));
    const before = everything(folder);
    expect(renewExpiring(resolve(topology), folder, 30)).toMatchObject({ certificates: [], roots: [] });
    expect(everything(folder)).toEqual(before);
    expect(renewExpiring(resolve(topology), folder, 90).certificates).toEqual(signed);
  });

  it('names the roots that end as well', () => {
    const folder = mintedFolder(topology, ago(3640));
    expect(renewExpiring(resolve(topology), folder, 30)).toMatchObject({
      certificates: signed,
      roots: ['ca', 'nats-ca'],
    });
  });

  it('renews all or nothing: a CA key that is elsewhere stops it before the first file', () => {
    const folder = mintedFolder(topology, ago(366));
    remove(folder, 'nats-ca.key');
    const before = everything(folder);
    expect(messageOf(() => renewExpiring(resolve(topology), folder, 30))).toMatch(
      /nats-ca\.key: is missing, and vm-a-nats-broker\.crt has to be signed with it; put it back and run the same command again, or have another CA sign it: npm run certs -- csr vm-a-nats-broker --folder \S+\.$/,
    );
    expect(everything(folder)).toEqual(before);
  });

  it('leaves what is spoilt to its own remedy', () => {
    const folder = mintedFolder(topology, ago(366));
    write(folder, 'vm-a-sys.crt', 'nonsense');
    renewExpiring(resolve(topology), folder, 30);
    expect(read(folder, 'vm-a-sys.crt')).toBe('nonsense');
    expect(checked(folder).problems).toEqual([
      expect.stringContaining('delete vm-a-sys.crt and vm-a-sys.key'),
    ]);
  });
});

describe('what was made while the clock was ahead', () => {
  const ahead = { now: ago(-400) };

  it('is renewed by rotate expiring, which check says', () => {
    const folder = mintedFolder();
    renewExpiring(resolve(topology), folder, 30, ahead);
    const { certificates, problems } = checked(folder);
    expect(certificates.map(({ name }) => name)).toEqual(plan.certificates.map(({ name }) => name));
    expect(problems).toHaveLength(signed.length);
    expect(problems[0]).toMatch(
      /is not valid before .*; set the clock right if it is wrong, or run `npm run certs -- rotate expiring --folder \S+`, which renews it\.$/,
    );
    expect(renewExpiring(resolve(topology), folder, 30)).toMatchObject({ certificates: signed, roots: [] });
    expect(mint(resolve(topology), folder)).toMatchObject({ minted: [], renewed: [] });
  });

  it('has to be deleted where it is a root', () => {
    const folder = mintedFolder(topology, ahead.now);
    expect(messageOf(() => renewExpiring(resolve(topology), folder, 30))).toMatch(
      /nats-ca\.crt: is not valid before .*; set the clock right if it is wrong, or restore it from your backup, or delete it and all that it signed/,
    );
  });
});
