import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { synthCommand } from '../../../synth/synth-command.ts';
import { topology } from '../../../topology.ts';
import { ApiServer } from '../../support/cluster/api-server.ts';
import { run } from '../../support/command.ts';
import type { KubeObject } from '../../support/manifest.ts';
import { objectsOf } from '../../support/minted.ts';
import { describeReal, needed } from '../../support/parts.ts';
import { until } from '../../support/until.ts';

const OUR_CRDS = join(import.meta.dirname, '..', '..', '..', 'imports', 'crds');

const { brokerCluster } = topology;
const second = { name: 'second', user: 'second', subject: 'a.b' };
const jetStream = { storage: { size: '1Gi' } };
const broker = (change: Partial<Topology['brokerCluster']>): Topology => ({
  ...topology,
  brokerCluster: { ...brokerCluster, ...change },
});

const withSecond = broker({ publishers: [...(brokerCluster.publishers ?? []), second] });
const shut = { nodePort: 'closed' as const };
const closed = {
  ...broker({ clientListener: shut, leafListener: shut }),
  namespace: 'moved',
  leafClusters: [],
};
const three = { ...broker({ replicas: 3, jetStream }), namespace: 'streams' };
const renamed = { ...broker({ name: 'hub' }), namespace: 'streams' };

describeReal(['etcd', 'kube-apiserver', 'kubectl'], 'what synth says to delete', () => {
  const folder = mkdtempSync(join(tmpdir(), `nats-mtls-${process.pid}-left-`));
  const output = join(folder, 'dist');
  let server: ApiServer;
  let empty: Set<string>;

  beforeAll(async () => {
    server = await ApiServer.start();
    await server.applyCrds(OUR_CRDS);
    await server.kubectl(['config', 'rename-context', 'test', 'vm-a']);
    empty = await present();
  });

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  /** Synthesizes a topology over the one before. @returns what it says about what is left behind */
  async function synth(to: Topology): Promise<string[]> {
    const said: string[] = [];
    await synthCommand(resolve(to), {
      issued: join(folder, 'issued'),
      output,
      log: (line) => said.push(...line.split('\n')),
    });
    return said.filter((line) => /^(# |kubectl)/.test(line) && !line.includes('vm-b'));
  }

  /** Runs printed lines as a person does who pastes them into a shell. */
  async function paste(lines: readonly string[]) {
    const env = {
      PATH: `${dirname(needed('kubectl'))}:${process.env.PATH}`,
      HOME: folder,
      KUBECONFIG: server.kubeconfig,
    };
    expect(await run(['sh', '-e'], { stdin: lines.join('\n'), env, timeout: 60_000 })).toMatchObject({
      code: 0,
      stderr: '',
    });
  }

  /** Does what is to be done before, applies, and does the rest. */
  async function follow(lines: readonly string[]) {
    const after = lines.findIndex((line) => !line.startsWith('kubectl') && !line.startsWith('# Before'));
    const end = after < 0 ? lines.length : after;
    await paste(lines.slice(0, end));
    await apply('vm-a');
    await paste(lines.slice(end));
  }

  /** What the garbage collector does, which is not here, once a StatefulSet is deleted without its pods. */
  async function orphan(name: string) {
    const set = ['-n', 'nats-system', `statefulset/${name}`];
    await until('the StatefulSet is deleted', async () => {
      const { stdout } = await server.kubectl(['get', ...set, '-o', 'jsonpath={.metadata.finalizers}']);
      return stdout.includes('orphan');
    });
    const patch = ['patch', ...set, '--type=merge', '-p', '{"metadata":{"finalizers":null}}'];
    expect(await server.kubectl(patch)).toMatchObject({ code: 0 });
  }

  async function apply(cluster: string) {
    const result = await server.kubectl(['apply', '-f', join(output, cluster)]);
    expect(result).toMatchObject({ code: 0 });
  }

  const key = ({ kind, metadata }: KubeObject) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

  /** Every object that the API server has, but for those that it makes by itself. */
  async function present(): Promise<Set<string>> {
    const types = (await server.kubectl(['api-resources', '--verbs=list,delete', '-o', 'name'])).stdout;
    const wanted = types
      .split('\n')
      .filter((type) => type !== '' && !/^(events|leases|componentstatuses)/.test(type));
    const { code, stdout } = await server.kubectl(['get', wanted.join(','), '-A', '-o', 'json']);
    expect(code).toBe(0);
    const { items } = JSON.parse(stdout) as { items: KubeObject[] };
    return new Set(items.filter(({ kind }) => !/^(Endpoints|EndpointSlice|IPAddress)$/.test(kind)).map(key));
  }

  const added = async () => [...(await present())].filter((object) => !empty.has(object)).sort();

  const inDist = (cluster: string) =>
    readdirSync(join(output, cluster))
      .filter((file) => file.endsWith('.yaml'))
      .flatMap((file) => objectsOf(readFileSync(join(output, cluster, file), 'utf8')))
      .map(key)
      .sort();

  it('is nothing the first time', async () => {
    expect(await synth(withSecond)).toEqual([]);
    await apply('vm-a');
    expect(await added()).toEqual(inDist('vm-a'));
  });

  it('leaves exactly the new objects when a client was removed', async () => {
    const lines = await synth(topology);
    expect(lines[0]).toContain(`# After ${output}/vm-a is applied`);
    await apply('vm-a');
    expect((await added()).length).toBeGreaterThan(inDist('vm-a').length);
    await paste(lines);
    expect(await added()).toEqual(inDist('vm-a'));
    // The same again does no harm, and a second synth has nothing to add.
    await paste(lines);
    expect(await synth(topology)).toEqual([]);
  });

  it('has a StatefulSet made anew that gets volumes or loses them, which no apply can do', async () => {
    const lines = await synth(broker({ jetStream }));
    expect((await server.kubectl(['apply', '-f', join(output, 'vm-a')])).stderr).toContain('Forbidden');
    await Promise.all([follow(lines), orphan('nats-broker')]);
    expect(await added()).toEqual(inDist('vm-a'));
    await Promise.all([follow(await synth(topology)), orphan('nats-broker')]);
    expect(await added()).toEqual(inDist('vm-a'));
  });

  it('leaves exactly the new objects, and the old namespace itself, when the namespace was moved', async () => {
    const lines = await synth({ ...topology, namespace: 'moved' });
    await follow(lines);
    expect(await added()).toEqual([...inDist('vm-a'), 'Namespace /nats-system'].sort());
    expect(lines.at(-1)).toBe(
      '# kubectl --context vm-a -n nats-system delete --ignore-not-found namespace/nats-system',
    );
    empty.add('Namespace /nats-system');
  });

  it('leaves exactly the new objects when every port was closed and the leaves are gone', async () => {
    const lines = await synth(closed);
    expect(lines.join('\n')).toContain('service/nats-broker-external');
    await follow(lines);
    expect(await added()).toEqual(inDist('vm-a'));
  });

  it('keeps volumes that lost their server until somebody runs the line for them', async () => {
    await follow(await synth(three));
    empty.add('Namespace /moved');
    // What the controller makes, which is not here.
    const claim = (i: number) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: `data-nats-broker-${i}`, namespace: 'streams' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    for (const i of [0, 1, 2]) {
      const stdin = JSON.stringify(claim(i));
      expect(await server.kubectl(['create', '-f', '-'], { stdin })).toMatchObject({ code: 0 });
    }
    const claims = [0, 1, 2].map((i) => `PersistentVolumeClaim streams/data-nats-broker-${i}`);
    const lines = await synth({ ...three, brokerCluster: { ...three.brokerCluster, replicas: 1 } });
    await follow(lines);
    expect(await added()).toEqual([...inDist('vm-a'), ...claims].sort());

    // A claim goes when its pods have gone, which takes a controller too; here one sees that it is asked to.
    const line = lines.at(-1)!.replace(/^# (kubectl .*)/, '$1 --wait=false');
    await paste([line]);
    const asked = ['get', 'pvc', '-n', 'streams', '-o', 'json'];
    const { items } = JSON.parse((await server.kubectl(asked)).stdout);
    const going = items.filter(({ metadata }: { metadata: object }) => 'deletionTimestamp' in metadata);
    expect(going.map(key)).toEqual(claims.slice(1));
    for (const name of claims) empty.add(name);
  });

  it('leaves only the namespace when the cluster left the topology', async () => {
    const lines = await synth(renamed);
    expect(lines[0]).toBe('# vm-a is no longer in the topology. To delete what it has:');
    await paste(lines);
    expect(await added()).toEqual(['Namespace /streams']);
  });
});
