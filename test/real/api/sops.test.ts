import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { topology as clients } from '../../../examples/clients.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { synthCommand } from '../../../synth/synth-command.ts';
import { ApiServer } from '../../support/cluster/api-server.ts';
import { installLinkerdCrds } from '../../support/cluster/linkerd-crds.ts';
import { type Result, run } from '../../support/command.ts';
import { filesIn } from '../../support/files.ts';
import type { KubeObject } from '../../support/manifest.ts';
import { minted, objectsOf } from '../../support/minted.ts';
import { describeReal, needed } from '../../support/parts.ts';

const AT = 'office/secrets/nats-broker-tls.sops.yaml';

describeReal(['sops', 'age-keygen', 'etcd', 'kube-apiserver', 'kubectl'], 'encrypted Secrets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-sops-'));
  const output = join(folder, 'dist');
  const issued = join(folder, 'issued');
  const identities: string[] = [];
  const recipients: string[] = [];
  let server: ApiServer;
  /** What synth has said. */
  const said: string[] = [];
  /** Each Secret in the clear, by the path of its file. */
  const plain = new Map<string, KubeObject>();

  const encrypted = (to: readonly string[]): Topology => ({
    ...clients,
    secrets: { kind: 'sops', recipients: to },
  });

  const synth = (to: readonly string[] = recipients) =>
    synthCommand(resolve(encrypted(to)), { issued, output, log: (line) => said.push(line) });

  const sops = (words: readonly string[], { identity = identities[0]!, stdin = '' } = {}) =>
    run([needed('sops'), ...words], {
      stdin,
      env: { PATH: process.env.PATH!, HOME: folder, SOPS_AGE_KEY: identity },
    });

  const decrypt = (path: string, identity?: string) =>
    sops(['decrypt', path], identity === undefined ? {} : { identity });

  /** A file with something changed in it, which is none of synth's. */
  function tampered(change: (text: string) => string): string {
    const path = join(folder, 'tampered.yaml');
    const text = readFileSync(join(output, AT), 'utf8');
    writeFileSync(path, change(text));
    expect(readFileSync(path, 'utf8')).not.toBe(text);
    return path;
  }

  beforeAll(async () => {
    for (const _ of [1, 2]) {
      const { stdout } = await run([needed('age-keygen')]);
      identities.push(/^AGE-SECRET-KEY-.+$/m.exec(stdout)![0]);
      recipients.push(/^# public key: (.+)$/m.exec(stdout)![1]!);
    }
    await synth();
    for (const [cluster, objects] of minted(clients, issued)) {
      for (const object of objects.filter(({ kind }) => kind === 'Secret')) {
        const { name, namespace } = object.metadata;
        const within = namespace === 'nats-system' ? cluster : `${cluster}/clients/${namespace}`;
        plain.set(`${within}/secrets/${name}.sops.yaml`, object);
      }
    }
    server = await ApiServer.start();
    await installLinkerdCrds(server);
    await server.kubectl(['config', 'rename-context', 'test', 'office']);
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  const succeeded: Partial<Result> = { code: 0, stderr: '' };

  it('are all there, and sops decrypts each to the Secret that it is, for each recipient', async () => {
    const paths = [...filesIn(output).keys()].filter((path) => path.endsWith('.sops.yaml'));
    expect(paths).toEqual([...plain.keys()].sort());
    expect(paths.length).toBeGreaterThan(8);
    for (const [path, object] of plain) {
      for (const identity of identities) {
        const { stdout, ...rest } = await decrypt(join(output, path), identity);
        expect(rest).toEqual(succeeded);
        expect(objectsOf(stdout)).toEqual([object]);
      }
    }
  }, 120_000);

  it('have the form that sops itself gives to such a Secret', async () => {
    const path = join(output, AT);
    const { stdout } = await decrypt(path);
    const words = ['encrypt', '--age', recipients.join(','), '--encrypted-regex', '^(data|stringData)$'];
    const theirs = await sops([...words, '--filename-override', 'x.sops.yaml'], { stdin: stdout });
    expect(theirs).toMatchObject(succeeded);
    const form = (text: string) => {
      const { sops, ...rest } = parse(text);
      const { age, lastmodified, mac, ...others } = sops;
      const lines = (enc: string) =>
        enc.split('\n').map((line, i, all) => (i % (all.length - 2) ? 'x' : line));
      return [
        // An encrypted text is as long as the text, whatever is random in it.
        JSON.stringify([rest, mac]).replace(/(?<=(data|iv|tag):)[^,]+/g, (bytes) => `${bytes.length} bytes`),
        ...[others, lastmodified.replace(/\d/g, '0')],
        age.map(({ recipient, enc }: { recipient: string; enc: string }) => [recipient, lines(enc)]),
      ];
    };
    expect(form(readFileSync(path, 'utf8'))).toEqual(form(theirs.stdout));
  });

  it.each([
    [
      'a value',
      (text: string) =>
        text.replace(/(tls\.crt: ENC\[AES256_GCM,data:)(.)/, (_, a, b) => a + (b === 'A' ? 'B' : 'A')),
    ],
    [
      'a value that stands in another place',
      (text: string) => text.replace(/(tls\.crt: )(ENC.+)(\n\s*)(tls\.key: )(ENC.+)/, '$1$5$3$4$2'),
    ],
    ['a name in the clear', (text: string) => text.replace('name: nats-broker-tls', 'name: nats-leaf-tls')],
    ['a value that is gone', (text: string) => text.replace(/ +ca\.crt: ENC.+\n/, '')],
  ])('are refused by sops with %s changed', async (_, change) => {
    const { code, stdout } = await decrypt(tampered(change));
    expect({ isRefused: code !== 0, stdout }).toEqual({ isRefused: true, stdout: '' });
  });

  it('are refused by synth where somebody changed one with sops, until it is as it was', async () => {
    const path = join(output, AT);
    const before = readFileSync(path);
    expect(await sops(['set', path, '["data"]["tls.key"]', '"AAAA"'])).toMatchObject({ code: 0 });
    await expect(synth()).rejects.toThrow(`${AT}\`: was changed by hand`);
    writeFileSync(path, before);
    await synth();
    expect(readFileSync(path)).toEqual(before);
  });

  it('do not go to a cluster with its folder, nor unread, and nothing of them is stored', async () => {
    const path = join(output, 'office');
    const applied = await server.kubectl(['apply', '-f', path]);
    expect(applied).toMatchObject(succeeded);
    expect(applied.stdout).not.toContain('secret/');
    const unread = join(path, 'secrets');
    for (const how of [[], ['--server-side'], ['--validate=false'], ['--server-side', '--validate=false']]) {
      const { code, stdout } = await server.kubectl(['apply', ...how, '-f', unread]);
      expect({ how, code, stdout }).toEqual({ how, code: 1, stdout: '' });
    }
    expect((await server.kubectl(['get', 'secrets', '-A', '-o', 'name'])).stdout).toBe('');
  });

  it('are in what kustomize makes, where Flux decrypts each by itself', async () => {
    const { stdout } = await server.kubectl(['kustomize', join(output, 'office')]);
    const secrets = stdout.split(/^---\n/m).filter((text) => /^kind: Secret$/m.test(text));
    const ours = [...plain].filter(([path]) => /^office\/secrets\//.test(path));
    expect(secrets).toHaveLength(ours.length);
    for (const text of secrets) {
      // Flux does not look at the code over the order of the keys, which kustomize changes.
      const path = join(folder, 'built.yaml');
      writeFileSync(path, text);
      const { stdout: clear, ...rest } = await sops(['decrypt', '--ignore-mac', path]);
      expect(rest).toEqual(succeeded);
      const [object] = objectsOf(clear);
      expect(object).toEqual(ours.find(([, { metadata }]) => metadata.name === object!.metadata.name)![1]);
    }
  });

  it('are left out by the patch that the documentation has for Argo CD', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/gitops.md'), 'utf8');
    const [, block = ''] = /^```yaml\n( {2}source:\n {4}kustomize:\n[^`]+)```/m.exec(page) ?? [];
    const { patches } = parse(block).source.kustomize;
    const made = join(folder, 'argo');
    mkdirSync(made);
    writeFileSync(
      join(made, 'kustomization.yaml'),
      JSON.stringify({ resources: [relative(made, join(output, 'office'))], patches }),
    );
    const { stdout, ...rest } = await server.kubectl(['kustomize', made]);
    expect(rest).toEqual(succeeded);
    const all = objectsOf((await server.kubectl(['kustomize', join(output, 'office')])).stdout);
    expect(new Set(objectsOf(stdout))).toEqual(new Set(all.filter(({ kind }) => kind !== 'Secret')));
  });

  it('come to a cluster by the lines that synth prints', async () => {
    for (const namespace of ['shop', 'finance', 'warehouse'])
      await server.kubectl(['create', 'namespace', namespace]);
    const lines = said.flatMap((line) => /: (for file in .+)$/.exec(line)?.[1] ?? []);
    const ours = new Set(
      lines.map((line) => line.replaceAll('<cluster>', 'office')).filter((line) => line.includes('office')),
    );
    const path = [dirname(needed('sops')), dirname(needed('kubectl')), process.env.PATH].join(':');
    const env = { PATH: path, HOME: folder, KUBECONFIG: server.kubeconfig, SOPS_AGE_KEY: identities[1]! };
    const pasted = await run(['sh', '-e'], { stdin: [...ours].join('\n'), env, timeout: 60_000 });
    expect(pasted).toMatchObject(succeeded);
    const { stdout } = await server.kubectl(['get', 'secrets', '-A', '-o', 'json']);
    const there = JSON.parse(stdout).items.map(
      ({ metadata, data, type }: KubeObject & { data: object; type: string }) => [
        `${metadata.namespace}/${metadata.name}`,
        ...[type, data],
      ],
    );
    const wanted = [...plain]
      .filter(([path]) => path.startsWith('office/'))
      .map(([, object]) => {
        const { metadata, data, type } = object as KubeObject & { data: object; type: string };
        return [`${metadata.namespace}/${metadata.name}`, type, data];
      });
    expect(new Map(there.map((one: unknown[]) => [one[0], one]))).toEqual(
      new Map(wanted.map((one) => [one[0], one])),
    );
  });

  it('shut out a recipient who has left the list', async () => {
    await synth(recipients.slice(0, 1));
    const path = join(output, AT);
    expect(await decrypt(path)).toMatchObject({ code: 0 });
    expect((await decrypt(path, identities[1])).code).not.toBe(0);
  });
});
