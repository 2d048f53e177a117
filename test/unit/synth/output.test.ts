import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { deliver } from '../../../certs/runbook/deliver.ts';
import { findSecretRefs } from '../../../certs/secret-refs.ts';
import { topology as clients } from '../../../examples/clients.ts';
import { InvalidInput } from '../../../model/checks.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { VERSION } from '../../../model/version.ts';
import { synthCommand } from '../../../synth/synth-command.ts';
import { VERSION_FILE } from '../../../synth/version-file.ts';
import { outputFolder } from '../../../terminal/output-folder.ts';
import { topology } from '../../../topology.ts';

const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-output-'));
const output = join(folder, 'elsewhere');
const versionFile = join(output, VERSION_FILE);
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => void vi.unstubAllEnvs());

/** @returns what it has to say */
async function synth(from: Topology = topology): Promise<string[]> {
  const said: string[] = [];
  await synthCommand(resolve(from), {
    issued: join(folder, 'issued'),
    output,
    log: (line) => said.push(line),
  });
  return said;
}

const sized = (size: string): Topology => ({
  ...topology,
  brokerCluster: { ...topology.brokerCluster, jetStream: { storage: { size } } },
});

describe('the folder that synth writes to is the one that is named', () => {
  it('in what an apply leaves behind, what has to come before it, and what is to be applied', async () => {
    await synth();
    const said = (await synth(sized('10Gi'))).join('\n');
    expect(said).toContain(`# Before ${output}/vm-a is applied`);
    expect(said).toContain(`kubectl apply -f ${output}/<cluster>`);
    expect(said).not.toMatch(/(?<!\S)dist\//);
    const { publishers: _, ...broker } = topology.brokerCluster;
    const after = await synth({
      ...sized('10Gi'),
      brokerCluster: { ...sized('10Gi').brokerCluster, ...broker, publishers: [] },
    });
    expect(after.join('\n')).toContain(`# After ${output}/vm-a is applied`);
  });

  it('in the refusal of a smaller volume', async () => {
    await synth(sized('10Gi'));
    await expect(synth(sized('5Gi'))).rejects.toThrow(`or delete ${output}/vm-a if it was never applied`);
    rmSync(output, { recursive: true });
  });

  it.each([
    [undefined, 'dist'],
    ['', 'dist'],
    ['out', 'out'],
  ])('in the steps of certs, with %j in CDK8S_OUTDIR', (value, shown) => {
    vi.stubEnv('CDK8S_OUTDIR', value);
    expect(outputFolder()).toBe(join(process.cwd(), shown));
    const model = resolve(topology);
    const secretRefs = findSecretRefs(model);
    const steps = deliver([...secretRefs.passwords.values()].flat(), {
      ...{ model, secretRefs, folder: 'certs/issued', issued: new Map() },
    });
    expect(steps).toContain(`kubectl --context vm-a apply -f ${shown}/vm-a`);
  });
});

describe('the version that wrote the folder', () => {
  it('is written beside the clusters, where no apply looks, and not said when it is the same', async () => {
    expect((await synth()).join('\n')).not.toContain('wrote it');
    expect(readFileSync(versionFile, 'utf8')).toBe(`${VERSION}\n`);
    expect((await synth()).join('\n')).not.toContain('wrote it');
  });

  it('is said before anything changes, with the manifests that change', async () => {
    const path = join(output, 'vm-a', 'workloads.k8s.yaml');
    const text = readFileSync(path, 'utf8');
    const old = text.replace('nats-broker', 'nats-brokers');
    writeFileSync(path, old);
    writeFileSync(versionFile, '0.1.9\n');
    let onDisk: string | undefined;
    const said: string[] = [];
    const log = (line: string) => {
      if (line.includes('0.1.9')) onDisk = readFileSync(path, 'utf8');
      said.push(line);
    };
    await synthCommand(resolve(topology), { issued: join(folder, 'issued'), output, log });
    expect(said[0]).toBe(
      `${output}: nats-mtls 0.1.9 wrote it, and this is ${VERSION}; these change: vm-a/workloads.k8s.yaml. Read CHANGELOG.md and \`git diff ${output}\` before you apply them.`,
    );
    expect(onDisk).toBe(old);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readFileSync(versionFile, 'utf8')).toBe(`${VERSION}\n`);
  });

  it.each([
    ['0.1.9', 'nats-mtls 0.1.9'],
    [undefined, 'an earlier version'],
  ])('is said where it changes nothing: %s', async (version, by) => {
    rmSync(versionFile, { force: true });
    if (version) writeFileSync(versionFile, version);
    expect((await synth())[0]).toBe(
      `${output}: ${by} wrote it, and this is ${VERSION}; the manifests stay as they are`,
    );
  });

  it.each(['99.0.0', `${VERSION}9`])('is refused when it is a later one: %s', async (version) => {
    writeFileSync(versionFile, `${version}\n`);
    rmSync(join(folder, 'issued'), { recursive: true });
    await expect(synth()).rejects.toThrow(InvalidInput);
    await expect(synth()).rejects.toThrow(
      `nats-mtls ${version} wrote ${output}, and this is ${VERSION}; install that version with npm ci or npm install nats-mtls@${version}, or delete this file to go back on purpose.`,
    );
    expect(existsSync(join(folder, 'issued'))).toBe(false);
    rmSync(versionFile);
    await synth();
  });
});

describe('the Secrets of clients', () => {
  it('are apart from what a plain apply of the cluster takes, and kept from everybody else', async () => {
    const said = await synth(clients);
    for (const [cluster, namespaces] of [
      ['office', ['shop', 'finance']],
      ['branch', ['shop']],
    ] as const) {
      const folders = namespaces.map((namespace) => `${output}/${cluster}/clients/${namespace}`);
      const files = folders.map((path) => join(path, 'secrets.k8s.yaml'));
      for (const file of files) {
        expect(statSync(file).mode & 0o777).toBe(0o600);
        expect(readFileSync(file, 'utf8')).toMatch(/name: "nats-(orders|reports|tills)"/);
      }
      const own = readFileSync(join(output, cluster, 'secrets.k8s.yaml'), 'utf8');
      expect(own).not.toMatch(/namespace: "(shop|finance)"/);
      const apply = (all: string[]) =>
        `kubectl --context ${cluster} apply ${all.map((path) => `-f ${path}`).join(' ')}`;
      expect(said).toContain(
        `then, for the clients of ${cluster}, in namespaces that exist: ${apply(folders)}`,
      );
      expect(said).toContain(
        `and for those of them that deny egress: ${apply(folders.map((path) => `${path}/egress`))}`,
      );
    }
  });

  it('go with the last client of a namespace, and its folder with them', async () => {
    await synth(clients);
    const { brokerCluster } = clients;
    const [orders] = brokerCluster.clients!;
    const said = await synth({ ...clients, brokerCluster: { ...brokerCluster, clients: [orders!] } });
    expect(readdirSync(join(output, 'office', 'clients'))).toEqual(['shop']);
    expect(said.at(-1)).toBe(
      'kubectl --context office -n finance delete --ignore-not-found networkpolicy.networking.k8s.io/nats-reports secret/nats-reports',
    );
    await synth({ ...clients, brokerCluster: { ...brokerCluster, clients: [] } });
    expect(existsSync(join(output, 'office', 'clients'))).toBe(false);
    await synth(topology);
    expect(existsSync(join(output, 'branch'))).toBe(false);
  });

  it('are somebody else’s to provide where no Secret is written', async () => {
    const said = (await synth({ ...clients, secrets: 'external' })).join('\n');
    expect(said).toContain(
      '  shop/nats-orders: URL, user name, password and certificate of orders; keys url, username, password, tls.crt, tls.key, ca.crt',
    );
    expect(said).not.toContain('in namespaces that exist');
    expect(said).toContain(`and for those of them that deny egress: kubectl`);
  });
});
