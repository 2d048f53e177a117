import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mint } from '../../../certs/mint.ts';
import { credentialPlan } from '../../../certs/plan.ts';
import { renew } from '../../../certs/rotate.ts';
import { readIssued } from '../../../certs/store/folder.ts';
import { type Inventory, takeInventory } from '../../../certs/store/inventory.ts';
import { Verdicts } from '../../../certs/store/verdicts.ts';
import { resolve } from '../../../model/resolve.ts';
import {
  at,
  copy,
  messageOf,
  mintedFolder,
  read,
  remove,
  secrets,
  topology,
  write,
} from '../../support/certs/fixtures.ts';

const DAY = 86_400_000;
const model = resolve(topology);
const plan = credentialPlan(model);
const signed = plan.certificates.filter(({ signer }) => signer).map(({ name }) => name);
const record = (folder: string) => `${folder}.verdicts.json`;

/** A folder whose pairs were found good by the run that minted them. */
function judgedFolder(): string {
  const folder = mintedFolder();
  expect(Object.keys(JSON.parse(read(folder, '../issued.verdicts.json')))).toHaveLength(signed.length);
  return folder;
}

const inventory = (folder: string, now = new Date(), wanted = plan): Inventory =>
  takeInventory(wanted, readIssued(folder), now, folder, Verdicts.read(folder));

/** The signed certificates that are taken without being judged. */
function recalled(folder: string, now = new Date(), wanted = plan): string[] {
  const files = readIssued(folder);
  const verdicts = Verdicts.read(folder);
  return wanted.certificates.flatMap((planned) => {
    const signer = planned.signer && read(folder, `${planned.signer}.crt`);
    return verdicts.recall({ planned, files, signer }, now) ? [planned.name] : [];
  });
}

it('are those of every certificate that a root signed, and of no root', () => {
  expect(recalled(judgedFolder())).toEqual(signed);
});

it('change nothing about what there is', () => {
  const folder = judgedFolder();
  const all = ({ issued }: Inventory) =>
    [...issued.values()].map(({ name, crt, key, certificate }) => [name, crt, key, certificate.serialNumber]);
  const judged = takeInventory(plan, readIssued(folder), new Date(), folder);
  expect(all(inventory(folder))).toEqual(all(judged));
});

const other = mintedFolder;

it.each<[string, (folder: string) => void, RegExp]>([
  [
    'another key',
    (folder) => copy(other(), folder, 'cluster-a-issuer.key'),
    /cluster-a-issuer\.key: does not belong/,
  ],
  [
    'another certificate',
    (folder) => copy(other(), folder, 'cluster-a-issuer.crt'),
    /cluster-a-issuer\.crt: was not signed by ca\.crt/,
  ],
  [
    'another pair',
    (folder) => copy(other(), folder, 'vm-a-sys.crt', 'vm-a-sys.key'),
    /vm-a-sys\.crt: was not signed by nats-ca\.crt/,
  ],
  [
    'another root',
    (folder) => copy(other(), folder, 'ca.crt', 'ca.key'),
    /cluster-[ab]-issuer\.crt: was not signed by ca\.crt/,
  ],
  [
    'a byte order mark',
    (folder) => write(folder, 'vm-a-sys.crt', `\ufeff${read(folder, 'vm-a-sys.crt')}`),
    /byte order mark/,
  ],
  [
    'a key that moved to another name',
    (folder) => write(folder, 'vm-a-sys.key', read(folder, 'vm-a-doctor.key')),
    /vm-a-sys\.key: does not belong/,
  ],
])('do not stand for %s', (_, spoil, message) => {
  const folder = judgedFolder();
  spoil(folder);
  expect(messageOf(() => mint(model, folder))).toMatch(message);
});

it('do not outlive the certificate, and do not come before it', () => {
  const folder = judgedFolder();
  expect(recalled(folder, new Date(Date.now() + 364 * DAY))).toEqual(signed);
  for (const days of [366, -1]) {
    const then = new Date(Date.now() + days * DAY);
    expect(recalled(folder, then)).toEqual([]);
    expect([...inventory(folder, then).untimely.keys()]).toEqual(
      expect.arrayContaining(days > 0 ? signed : ['ca']),
    );
  }
});

it('do not stand for what the topology wants now', () => {
  const folder = judgedFolder();
  const moved = credentialPlan(resolve(at('9.9.9.9')));
  expect(recalled(folder, new Date(), moved)).toEqual(signed.filter((name) => name !== 'vm-a-nats-broker'));
  expect([...inventory(folder, new Date(), moved).outdated.keys()]).toEqual(['vm-a-nats-broker']);
});

it('are forgotten when their files have gone', () => {
  const folder = judgedFolder();
  const before = read(folder, '../issued.verdicts.json');
  renew(model, folder, { certificates: ['vm-a-sys'] });
  mint(model, folder);
  const [old, now] = [before, read(folder, '../issued.verdicts.json')].map((text) =>
    Object.keys(JSON.parse(text)),
  );
  expect(now).toHaveLength(signed.length);
  expect(now!.filter((hash) => !old!.includes(hash))).toHaveLength(1);
});

it.each(['', '[]', '{"x":[1]}', '{"x":["a","b"]}', 'null'])(
  'are judged anew where the record is %j',
  (text) => {
    const folder = judgedFolder();
    write(folder, '../issued.verdicts.json', text);
    expect(recalled(folder)).toEqual([]);
    expect(mint(model, folder).minted).toEqual([]);
    expect(recalled(folder)).toEqual(signed);
  },
);

it('tell no secret, and leave nothing half written', () => {
  const folder = judgedFolder();
  const text = read(folder, '../issued.verdicts.json');
  expect(secrets(folder).filter((secret) => text.includes(secret))).toEqual([]);
  expect(readdirSync(join(folder, '..')).filter((name) => name.startsWith('issued.verdicts'))).toEqual([
    'issued.verdicts.json',
  ]);
});

it('are not written about a set that is refused', () => {
  const folder = mintedFolder();
  rmSync(record(folder));
  remove(folder, 'ca.crt');
  expect(messageOf(() => mint(model, folder))).toContain('ca.crt: is missing');
  expect(existsSync(record(folder))).toBe(false);
});
