import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig, PortForward } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { topology } from '../../../topology.ts';
import { kubeconfig } from '../../support/cluster/kubeconfig.ts';
import { linkerdInstall } from '../../support/cluster/linkerd-install.ts';
import { LiveCluster } from '../../support/cluster/live-cluster.ts';
import { killGroup, run } from '../../support/command.ts';
import { synthesizedFiles } from '../../support/minted.ts';
import { describeReal, needed } from '../../support/parts.ts';
import { Log } from '../../support/stage/log.ts';
import type { Pod } from '../../support/stage/pod.ts';
import { World } from '../../support/stage/world.ts';
import { until } from '../../support/until.ts';

const NAMESPACE = 'nats-system';
const VERSION = 'edge-26.8.3';

describeReal(
  ['namespaces', 'nats-server', 'nats', 'etcd', 'kube-apiserver', 'kubectl', 'kubelet'],
  'clients of the API of vm-a and vm-b',
  () => {
    const folder = mkdtempSync(join(tmpdir(), `nats-mtls-${process.pid}-kubelet-`));
    const config = join(folder, 'kubeconfig');
    let world: World;
    let a: LiveCluster;
    let b: LiveCluster;
    let broker: Pod;

    beforeAll(async () => {
      world = World.start();
      const issued = join(folder, 'issued');
      const files = synthesizedFiles(topology, issued);
      const { brokerCluster, leafClusters } = topology;
      const start = ({ name, address }: { name: string; address: string }) =>
        LiveCluster.start(world, { name, address, files: files.get(name)! });
      [a, b] = await Promise.all([start(brokerCluster), start(leafClusters[0]!)]);
      await a.installLinkerd(linkerdInstall(brokerCluster, issued, VERSION));
      await b.installLinkerd(linkerdInstall(leafClusters[0]!, issued, VERSION), false);
      const limited = await a.accessFor('limited', [
        { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
      ]);
      writeFileSync(config, kubeconfig({ 'vm-a': a.access, 'vm-b': b.access, limited }), { mode: 0o600 });
      broker = await a.startPod('nats-broker-0');
      await a.startPod('nats-publisher');
      await b.startPod('nats-leaf-0');
      await Promise.all([a.ready(), b.ready()]);
    });

    afterAll(async () => {
      await Promise.all([a?.stop(), b?.stop()]);
      await world?.stop();
      rmSync(folder, { recursive: true });
    });

    const call = (context: string, args: readonly string[]) => [
      needed('kubectl'),
      ...['--kubeconfig', config, '--context', context, '--namespace', NAMESPACE, ...args],
    ];
    const kubectl = (context: string, ...args: string[]) => run(call(context, args), { timeout: 20_000 });
    const field = async (context: string, object: string, path: string) =>
      (await kubectl(context, 'get', object, '-o', `jsonpath={${path}}`)).stdout;

    /** Runs kubectl until the returned function is called. */
    const background = (...args: string[]) => {
      const [command = '', ...rest] = call('vm-a', args);
      const child = spawn(command, rest, { detached: true });
      const log = new Log(`kubectl ${args[0]}`);
      log.follow(child.stdout!);
      return { log, stop: () => killGroup(child) };
    };

    it.each([
      ['vm-a', 'nats-broker-0 10.42.0.2 vm-a true true\nnats-publisher-2 10.42.0.3 vm-a true\n'],
      ['vm-b', 'nats-leaf-0 10.43.0.2 vm-b true true true\n'],
    ])('list the pods of %s, that is what runs there', async (context, pods) => {
      const columns =
        '{.metadata.name} {.status.podIP} {.spec.nodeName} {.status.containerStatuses[*].ready}';
      const template = `jsonpath={range .items[*]}${columns}{"\\n"}{end}`;
      expect(await kubectl(context, 'get', 'pods', '-o', template)).toMatchObject({ stdout: pods });
    });

    it('see workloads whose roll-out is complete, by the word of kubectl', async () => {
      const status = async (workload: string) =>
        (await kubectl('vm-a', 'rollout', 'status', '--watch=false', workload)).stdout;
      expect(await status('statefulset/nats-broker')).toMatch(/^partitioned roll out complete/);
      expect(await status('deployment/nats-publisher')).toContain('successfully rolled out');
    });

    it('see a proxy where Linkerd is installed, in the place where its version puts it', async () => {
      const names = (kind: string) => `.spec.${kind}[*].name`;
      expect(await field('vm-a', 'pod/nats-broker-0', names('initContainers'))).toBe(
        'linkerd-init linkerd-proxy',
      );
      expect(await field('vm-a', 'pod/nats-broker-0', names('containers'))).toBe('nats config-reloader');
      expect(await field('vm-b', 'pod/nats-leaf-0', names('containers'))).toBe(
        'linkerd-proxy nats config-reloader',
      );
    });

    it('read a log, and follow it', async () => {
      const { stdout } = await kubectl('vm-a', 'logs', 'nats-broker-0', '-c', 'nats');
      expect(stdout).toContain('Server is ready');
      expect(broker.logs('nats').startsWith(stdout)).toBe(true);
      const { log, stop } = background('logs', '--follow', '--tail=1', 'deploy/nats-publisher');
      await until('three lines have come', () => log.text.split('\n').length > 3);
      stop();
    });

    it('run a command in a container, with its input, output and exit code', async () => {
      const exec = ['exec', 'nats-broker-0', '-c', 'nats'];
      const version = await kubectl('vm-a', ...exec, '--', 'nats-server', '-v');
      expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^nats-server: v2\./) });
      const script = 'echo out; echo err >&2; exit 7';
      const failing = await kubectl('vm-a', ...exec, '--', 'sh', '-c', script);
      expect(failing).toMatchObject({
        ...{ code: 7, stdout: 'out\n' },
        stderr: expect.stringMatching(/^err\n/),
      });
      const reading = call('vm-a', [...exec, '-i', '--', 'cat']);
      expect(await run(reading, { stdin: 'to and fro' })).toMatchObject({ code: 0, stdout: 'to and fro' });
    });

    it('reach the monitoring port of the broker by kubectl port-forward', async () => {
      const { log, stop } = background('port-forward', 'nats-broker-0', ':8222');
      const [, port] = await log.waitFor(/127\.0\.0\.1:(\d+) -> 8222/);
      expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()).toEqual({ status: 'ok' });
      stop();
    });

    describe('in JavaScript', () => {
      const client = (context: string) => {
        const loaded = new KubeConfig();
        loaded.loadFromFile(config);
        loaded.setCurrentContext(context);
        return loaded;
      };

      it.each([
        ['vm-a', 'nats-broker-0'],
        ['vm-b', 'nats-leaf-0'],
      ])('reach the monitoring port on %s', async (context, pod) => {
        const forward = new PortForward(client(context));
        const server = createServer((socket) => {
          socket.on('error', () => {});
          forward.portForward(NAMESPACE, pod, [8222], socket, null, socket);
        });
        await once(server.listen(0, '127.0.0.1'), 'listening');
        const { port } = server.address() as AddressInfo;
        const varz = (await (await fetch(`http://127.0.0.1:${port}/varz`)).json()) as { server_name: string };
        expect(varz.server_name).toBe(`${context}-${pod}`);
        server.close();
      });

      it('learn that they lack a permission', async () => {
        const core = client('limited').makeApiClient(CoreV1Api);
        expect((await core.listNamespacedPod({ namespace: NAMESPACE })).items).toHaveLength(2);
        const secrets = core.listNamespacedSecret({ namespace: NAMESPACE });
        await expect(secrets).rejects.toMatchObject({ code: 403 });
      });
    });

    it('reach no pod without the certificate of the API server', async () => {
      const port = await field('vm-a', 'node/vm-a', '.status.daemonEndpoints.kubeletEndpoint.Port');
      const path = `/containerLogs/${NAMESPACE}/nats-broker-0/nats`;
      const call = request({ host: '127.0.0.1', port, path, rejectUnauthorized: false });
      const answer = new Promise((resolve, reject) => call.on('response', resolve).on('error', reject));
      call.end();
      await expect(answer).rejects.toThrow(/certificate required/);
    });

    it('get no answer while the API is silent, no connection while it is cut, and both once it is healed', async () => {
      const ask = () => kubectl('vm-b', 'get', '--raw=/readyz', '--request-timeout=2s');
      await b.silence();
      expect(await ask()).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/deadline exceeded|Client\.Timeout/),
      });
      await b.cut();
      expect(await ask()).toMatchObject({ code: 1, stderr: expect.stringContaining('refused') });
      await b.heal();
      expect(await ask()).toMatchObject({ code: 0, stdout: 'ok' });
    });

    it('see in a pod what was applied to a ConfigMap', async () => {
      const { stdout } = await kubectl('vm-a', 'get', 'configmap/nats-broker-config', '-o', 'json');
      const { apiVersion, kind, metadata, data } = JSON.parse(stdout);
      const { name, namespace } = metadata;
      await a.apply([{ apiVersion, kind, metadata: { name, namespace }, data: { ...data, note: 'new' } }]);
      const read = ['exec', 'nats-broker-0', '-c', 'nats', '--', 'cat', '/etc/nats-config/note'];
      expect(await kubectl('vm-a', ...read)).toMatchObject({ stdout: 'new' });
    });

    const becomes = (object: string, path: string, value: string) =>
      until(`${path} of ${object} is ${value}`, async () => (await field('vm-a', object, path)) === value);
    const OF_NATS = '.status.containerStatuses[?(@.name=="nats")]';

    it('see a server that hangs as not ready, and as ready when it goes on', async () => {
      broker.container('nats').signal('SIGSTOP');
      await becomes('pod/nats-broker-0', `${OF_NATS}.ready`, 'false');
      await becomes('statefulset/nats-broker', '.status.availableReplicas', '0');
      broker.container('nats').signal('SIGCONT');
      await becomes('pod/nats-broker-0', `${OF_NATS}.ready`, 'true');
    });

    it('see that a server was killed and runs again, and read what it said before', async () => {
      broker.container('nats').signal('SIGKILL');
      await becomes('pod/nats-broker-0', `${OF_NATS}.restartCount`, '1');
      await becomes('pod/nats-broker-0', `${OF_NATS}.ready`, 'true');
      const log = async (...flags: string[]) =>
        (await kubectl('vm-a', 'logs', 'nats-broker-0', '-c', 'nats', ...flags)).stdout;
      const [before, since] = [await log('--previous'), await log()];
      expect(since).toContain('Server is ready');
      expect(broker.logs('nats').startsWith(`${before}${since}`)).toBe(true);
    });

    it('see a pod go, and another of its name come, without a proxy while nobody injects one', async () => {
      const uid = await field('vm-a', 'pod/nats-broker-0', '.metadata.uid');
      await broker.kill();
      await becomes('statefulset/nats-broker', '.status.replicas', '0');
      expect(await kubectl('vm-a', 'get', 'pod/nats-broker-0')).toMatchObject({
        stderr: expect.stringContaining('NotFound'),
      });
      a.stopInjecting();
      await a.startPod('nats-broker-0');
      await a.ready();
      expect(await field('vm-a', 'pod/nats-broker-0', '.metadata.uid')).not.toBe(uid);
      expect(await field('vm-a', 'pod/nats-broker-0', '.spec.initContainers')).toBe('');
      await becomes('statefulset/nats-broker', '.status.readyReplicas', '1');
    });
  },
);
