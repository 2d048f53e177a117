import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { renew } from '../../../certs/rotate.ts';
import { topology as clients } from '../../../examples/clients.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { synthCommand } from '../../../synth/synth-command.ts';
import { topology } from '../../../topology.ts';
import { filesIn } from '../../support/files.ts';

let recipients: string[];
beforeAll(async () => {
  const identities = await Promise.all([generateX25519Identity(), generateX25519Identity()]);
  recipients = await Promise.all(identities.map(identityToRecipient));
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nats-mtls-sops-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

const encrypted = (from: Topology = topology, to = recipients): Topology => ({
  ...from,
  secrets: { kind: 'sops', recipients: to },
});

/** @returns what it has to say */
async function synth(from: Topology = encrypted()): Promise<string> {
  const said: string[] = [];
  const output = join(folder, 'dist');
  mkdirSync(dirname(issued()), { recursive: true });
  await synthCommand(resolve(from), { issued: issued(), output, log: (line) => said.push(line) });
  return said.join('\n');
}

const issued = () => join(folder, 'credentials', 'issued');

/** Another machine, or one whose credentials are lost. */
const forget = () => rmSync(dirname(issued()), { recursive: true });

/** What there is of encrypted files, by path. */
const sopsFiles = () =>
  new Map([...filesIn(join(folder, 'dist'))].filter(([path]) => path.endsWith('.sops.yaml')));

/** The paths of those that are not as they were. */
const changedSince = (before: ReadonlyMap<string, string>) =>
  [...sopsFiles()].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);

const ONE = 'vm-a/secrets/nats-broker-tls.sops.yaml';

describe('secrets of kind sops', () => {
  it('are one encrypted file each, in a folder that a plain kubectl apply does not look at', async () => {
    await synth();
    expect([...sopsFiles().keys()]).toMatchSnapshot();
    expect(existsSync(join(folder, 'dist/vm-a/secrets.k8s.yaml'))).toBe(false);
    expect(Object.keys(parse(sopsFiles().get(ONE)!))).toEqual([
      ...['apiVersion', 'kind', 'metadata', 'type', 'data', 'sops'],
    ]);
  });

  it('hold every value encrypted, and every recipient', async () => {
    await synth();
    for (const text of sopsFiles().values()) {
      const { data, sops } = parse(text);
      for (const value of Object.values(data)) expect(value).toMatch(/^ENC\[AES256_GCM,data:.+,type:str\]$/);
      expect(sops.age.map(({ recipient }: { recipient: string }) => recipient)).toEqual(recipients);
    }
  });

  it('are listed by the Kustomization of their cluster or namespace', async () => {
    await synth(encrypted(clients));
    const listed = (path: string) => parse(readFileSync(join(folder, 'dist', path), 'utf8')).resources;
    expect(listed('office/Kustomization')).toContain('secrets/nats-broker-tls.sops.yaml');
    expect(listed('office/clients/shop/Kustomization')).toEqual(['secrets/nats-orders.sops.yaml']);
  });

  it('stay as they are while nothing changes', async () => {
    await synth();
    const before = sopsFiles();
    await synth();
    expect(changedSince(before)).toEqual([]);
  });

  it('change exactly where what they hold has changed', async () => {
    await synth();
    const before = sopsFiles();
    renew(resolve(encrypted()), issued(), { passwords: ['vm-b/natsuser'] });
    await synth();
    expect(changedSince(before)).toEqual([
      'vm-b/secrets/nats-auth.sops.yaml',
      'vm-b/secrets/nats-leaf-accounts.sops.yaml',
    ]);
  });

  it('are all encrypted anew for other recipients', async () => {
    await synth();
    const before = sopsFiles();
    await synth(encrypted(topology, recipients.slice(1)));
    expect(changedSince(before)).toEqual([...before.keys()]);
  });

  it('are encrypted for those who read every cluster, and for those who read that cluster alone', async () => {
    const [all, own] = recipients as [string, string];
    const [leaf] = topology.leafClusters;
    await synth({ ...encrypted(topology, [all]), leafClusters: [{ ...leaf!, secretRecipients: [own] }] });
    for (const [path, text] of sopsFiles()) {
      const readers = parse(text).sops.age.map(({ recipient }: { recipient: string }) => recipient);
      expect(readers).toEqual(path.startsWith('vm-b/') ? [all, own] : [all]);
    }
  });

  it('stay as they are where the credentials are not, so that everybody can synthesize', async () => {
    await synth();
    const before = sopsFiles();
    forget();
    expect(await synth()).toContain('issued is not here, so the encrypted Secrets stay as they are');
    expect(changedSince(before)).toEqual([]);
    expect(existsSync(issued())).toBe(false);
  });

  it('are refused where one is missing and the credentials are too', async () => {
    await synth();
    forget();
    rmSync(join(folder, 'dist', ONE));
    await expect(synth()).rejects.toThrow(
      `${ONE}\`: is missing, and ${issued()} is not here to make it from; run`,
    );
  });

  it.each([
    ['a value', (text: string) => text.replace('tls.key: ENC[AES256_GCM,data:', '$&A')],
    ['the fingerprint', (text: string) => text.replace(/^# nats-mtls: ./, '# nats-mtls: #')],
    ['all of it', () => 'apiVersion: v1\n'],
  ])('are refused where somebody changed %s by hand, and nothing is written', async (_, change) => {
    await synth();
    const path = join(folder, 'dist', ONE);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    const before = filesIn(folder);
    await expect(synth()).rejects.toThrow(
      `${ONE}\`: was changed by hand, or written with other credentials than those in ${issued()}; get back`,
    );
    expect(filesIn(folder)).toEqual(before);
  });

  it('are refused where other credentials wrote them, and nothing is minted', async () => {
    await synth();
    renameSync(join(folder, 'dist'), join(folder, 'others'));
    forget();
    await synth(topology);
    rmSync(join(folder, 'dist'), { recursive: true });
    renameSync(join(folder, 'others'), join(folder, 'dist'));
    const before = filesIn(folder);
    await expect(synth()).rejects.toThrow('written with other credentials');
    expect(filesIn(folder)).toEqual(before);
  });

  it('go again with the topology that asked for them, and what others have encrypted stays', async () => {
    await synth();
    const own = join(folder, 'dist/vm-a/secrets/own.sops.yaml');
    writeFileSync(own, 'sops: {}\n');
    await synth(topology);
    expect([...sopsFiles().keys()]).toEqual(['vm-a/secrets/own.sops.yaml']);
    expect(existsSync(join(folder, 'dist/vm-b/secrets'))).toBe(false);
  });

  it('go with their cluster', async () => {
    await synth();
    await synth(encrypted({ ...topology, leafClusters: [] }));
    expect(existsSync(join(folder, 'dist/vm-b'))).toBe(false);
  });

  it('are refused for a public key with a slip of the pen in it', async () => {
    const slip = recipients.map((key) => key.replace(/.$/, (last) => (last === 'q' ? 'p' : 'q')));
    await expect(synth(encrypted(topology, slip))).rejects.toThrow(
      `topology.ts \`recipients\`: "${slip[0]}" has a checksum that does not fit; copy that public key once more.`,
    );
    expect(existsSync(issued())).toBe(false);
  });
});
