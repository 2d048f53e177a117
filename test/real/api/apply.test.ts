import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { topology as applications } from '../../../examples/applications.ts';
import { topology as certManager } from '../../../examples/cert-manager.ts';
import { topology as clients } from '../../../examples/clients.ts';
import { topology as customized } from '../../../examples/customize.ts';
import { topology as everyProperty } from '../../../examples/every-property.ts';
import { topology as gateway } from '../../../examples/linkerd-gateway.ts';
import { topology as monitoring } from '../../../examples/monitoring.ts';
import { topology as operators } from '../../../examples/operators.ts';
import { topology as plaintext } from '../../../examples/plaintext.ts';
import { topology as production } from '../../../examples/production.ts';
import { topology as sites } from '../../../examples/sites.ts';
import { topology as waysIn } from '../../../examples/ways-in.ts';
import type { Topology } from '../../../model/topology.ts';
import { kustomizations } from '../../../synth/kustomization.ts';
import { SECRETS_FILE } from '../../../synth/secrets.ts';
import { topology } from '../../../topology.ts';
import { ApiServer } from '../../support/cluster/api-server.ts';
import { installLinkerdCrds } from '../../support/cluster/linkerd-crds.ts';
import type { Result } from '../../support/command.ts';
import { type KubeObject, values, type WorkloadSpec } from '../../support/manifest.ts';
import { mintedFiles, objectsOf } from '../../support/minted.ts';
import { describeReal } from '../../support/parts.ts';

const OPERATOR = join(import.meta.dirname, '..', '..', '..', 'imports', 'crds', 'monitoring.coreos.com.yaml');
const CERT_MANAGER = join(import.meta.dirname, '..', '..', '..', 'imports', 'crds', 'cert-manager.io.yaml');

describeReal(['etcd', 'kube-apiserver', 'kubectl'], 'kubectl apply -f dist/<cluster>', () => {
  /** One for all, because it takes its time to start. Whoever has used it leaves it as it was. */
  let server: ApiServer;

  beforeAll(async () => {
    server = await ApiServer.start();
    await installLinkerdCrds(server);
  });

  afterAll(() => server?.stop());

  // Those that need more definitions than Linkerd's come last.
  describe.each<[string, Topology, string]>([
    ['topology.ts', topology, 'vm-a'],
    ['topology.ts', topology, 'vm-b'],
    ['examples/linkerd-gateway.ts', gateway, 'vm-a'],
    ['examples/linkerd-gateway.ts', gateway, 'vm-b'],
    ['examples/plaintext.ts', plaintext, 'vm-a'],
    ['examples/plaintext.ts', plaintext, 'vm-b'],
    ['examples/applications.ts', applications, 'hub'],
    ['examples/applications.ts', applications, 'shop'],
    ['examples/applications.ts', applications, 'warehouse'],
    ['examples/clients.ts', clients, 'office'],
    ['examples/clients.ts', clients, 'branch'],
    ['examples/production.ts', production, 'vm-a'],
    ['examples/production.ts', production, 'vm-b'],
    ['examples/customize.ts', customized, 'vm-a'],
    ['examples/ways-in.ts', waysIn, 'hub'],
    ['examples/ways-in.ts', waysIn, 'shop'],
    ['examples/operators.ts', operators, 'vm-a'],
    ['examples/every-property.ts', everyProperty, 'hub'],
    ['examples/every-property.ts', everyProperty, 'edge'],
    ['examples/sites.ts', sites, 'vm-a'],
    ['examples/sites.ts', sites, 'vm-c'],
    ['examples/monitoring.ts', monitoring, 'vm-a'],
    ['examples/monitoring.ts', monitoring, 'vm-b'],
    ['examples/cert-manager.ts', certManager, 'vm-a'],
    ['examples/cert-manager.ts', certManager, 'vm-b'],
  ])('%s', (_, from, cluster) => {
    let folder: string;
    /** What a plain cluster with Linkerd takes, and what needs the Prometheus Operator. */
    const objects: KubeObject[] = [];
    const watching: KubeObject[] = [];
    /** What clients need in their own namespaces, by folder. */
    const ofClients = new Map<string, KubeObject[]>();

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'nats-mtls-dist-'));
      const files = mintedFiles(from).get(cluster)!;
      const write = (name: string, text: string) => {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text, { mode: 0o600 });
      };
      const committed = [...files.keys()].filter((name) => basename(name) !== SECRETS_FILE);
      for (const [name, text] of kustomizations(committed)) write(name, text);
      for (const [name, text] of files) {
        write(name, text);
        if (name.startsWith('clients/'))
          ofClients.set(dirname(name), [...(ofClients.get(dirname(name)) ?? []), ...objectsOf(text)]);
        else (name.includes('/') ? watching : objects).push(...objectsOf(text));
      }
      if (objects.some(({ kind }) => kind === 'Certificate')) await server.applyCrds(CERT_MANAGER);
    });

    afterAll(async () => {
      await server?.remove(folder);
      rmSync(folder, { recursive: true, force: true });
    });

    const succeeded: Partial<Result> = { code: 0, stderr: '' };

    async function isCreated(path: string, count: number) {
      const result = await server.kubectl(['apply', '-f', path]);
      expect(result).toMatchObject(succeeded);
      const lines = result.stdout.trim().split('\n');
      expect(lines).toHaveLength(count);
      expect(lines.filter((line) => !line.endsWith(' created'))).toEqual([]);
    }

    /** It asks the server for what an apply would make of each object. */
    const diff = (...of: string[]) => server.kubectl(['diff', '--concurrency=4', ...of]);

    const isUnchanged = async (path: string) =>
      expect(await diff('-f', path)).toMatchObject({ ...succeeded, stdout: '' });

    it(`puts ${cluster} on an empty cluster the first time, without a warning`, () =>
      isCreated(folder, objects.length));

    it(`leaves nothing of ${cluster} to change`, () => isUnchanged(folder));

    it(`has kustomize make the objects of ${cluster} that are committed`, async () => {
      const { code, stdout, stderr } = await server.kubectl(['kustomize', folder]);
      expect({ code, stderr }).toEqual(succeeded);
      expect(new Set(objectsOf(stdout))).toEqual(new Set(objects.filter(({ kind }) => kind !== 'Secret')));
      if (from === topology) expect(await diff('-k', folder)).toMatchObject({ ...succeeded, stdout: '' });
    });

    // Between them, they have every kind of object.
    if ([topology, production, everyProperty].includes(from)) {
      it(`takes ${cluster} from the server's side after the client's, again, and back, without a conflict`, async () => {
        for (const side of [['--server-side'], ['--server-side'], []]) {
          expect(await server.kubectl(['apply', ...side, '-f', folder])).toMatchObject(succeeded);
        }
        await isUnchanged(folder);
      }, 120_000);
    }

    if (from === monitoring) {
      it(`has ${cluster} watched where the operator runs`, async () => {
        await server.applyCrds(OPERATOR);
        const path = join(folder, 'monitoring');
        await isCreated(path, watching.length);
        await isUnchanged(path);
      });
    }

    if (from === clients) {
      it(`has what clients of ${cluster} need, once their namespaces are there`, async () => {
        expect([...ofClients.keys()].some((path) => path.endsWith('/egress'))).toBe(true);
        for (const [path, those] of [...ofClients].sort(([a], [b]) => (a < b ? -1 : 1))) {
          const { namespace = '' } = those[0]!.metadata;
          const missing = await server.kubectl(['get', 'namespace', namespace]);
          if (missing.code !== 0) {
            expect(await server.kubectl(['apply', '-f', join(folder, path)])).toMatchObject({ code: 1 });
            expect(await server.kubectl(['create', 'namespace', namespace])).toMatchObject(succeeded);
          }
          await isCreated(join(folder, path), those.length);
          await isUnchanged(join(folder, path));
        }
      });
    }

    it(`shows no secret of ${cluster} to whoever describes it`, async () => {
      const kinds = [
        ...new Set(
          objects.map(({ kind, apiVersion = 'v1' }) => {
            const [version, group = ''] = apiVersion.split('/').reverse();
            return group ? `${kind}.${version}.${group}` : kind;
          }),
        ),
      ];
      const { code, stdout } = await server.kubectl(['describe', kinds.join(','), '--all-namespaces']);
      expect(code).toBe(0);
      const secrets = objects
        .filter(({ kind }) => kind === 'Secret')
        .flatMap((object) => [...values(object)].map(([key, value]) => [key, value.toString()] as const));
      const secret = secrets.filter(([key]) => !['username', 'tls.crt', 'ca.crt'].includes(key));
      for (const { metadata } of objects) expect(stdout).toContain(metadata.name);
      const lines = secret.flatMap(([, text]) => text.split('\n')).filter((line) => /[\w+/]{32}/.test(line));
      expect(lines.filter((line) => stdout.includes(line.trim()))).toEqual([]);
    });

    it(`gives ${cluster} pods that the restricted Pod Security level admits`, async () => {
      const [namespace] = objects.filter(({ kind }) => kind === 'Namespace');
      const { name } = namespace!.metadata;
      const label = 'pod-security.kubernetes.io/enforce=restricted';
      await server.kubectl(['label', '--overwrite', 'namespace', name, label]);
      const workloads = objects.filter(({ kind }) => ['StatefulSet', 'Deployment'].includes(kind));
      for (const { metadata, spec } of workloads) {
        const { template, volumeClaimTemplates = [] } = spec as WorkloadSpec;
        // The StatefulSet's controller adds the volumes of its claims.
        const claims = volumeClaimTemplates.map(({ metadata: { name: claim } }) => ({
          name: claim,
          persistentVolumeClaim: { claimName: claim },
        }));
        const pod = {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: metadata.name, namespace: name },
          spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claims] },
        };
        const create = ['create', '--dry-run=server', '-f', '-'];
        expect(await server.kubectl(create, { stdin: JSON.stringify(pod) })).toMatchObject(succeeded);
      }
    });
  });
});
