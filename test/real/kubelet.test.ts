import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig, PortForward } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { topology } from '../../topology.ts';
import { killGroup, run } from './command.ts';
import { kubeconfig } from './kubeconfig.ts';
import { LiveCluster } from './live-cluster.ts';
import { Log } from './log.ts';
import { mintedFiles } from './minted.ts';
import { describeReal, needed } from './parts.ts';
import type { Pod } from './pod.ts';
import { until } from './until.ts';
import { World } from './world.ts';

const NAMESPACE = 'nats-system';

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
      const files = mintedFiles(topology);
      a = await LiveCluster.start(world, { name: 'vm-a', address: '1.1.1.1', files: files.get('vm-a')! });
      b = await LiveCluster.start(world, { name: 'vm-b', address: '2.2.2.2', files: files.get('vm-b')! });
      const limited = await a.addUser('limited', [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }]);
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

    it.each([
      ['vm-a', 'nats-broker-0 10.42.0.2 vm-a true,true\nnats-publisher-2 10.42.0.3 vm-a true\n'],
      ['vm-b', 'nats-leaf-0 10.43.0.2 vm-b true,true\n'],
    ])('list the pods of %s, that is what runs there', async (context, pods) => {
      const columns = [
        '{.metadata.name} {.status.podIP} {.spec.nodeName} ',
        '{.status.containerStatuses[0].ready}{range .status.containerStatuses[1:]},{.ready}{end}',
      ];
      const template = `{range .items[*]}${columns.join('')}{"\\n"}{end}`;
      expect(await kubectl(context, 'get', 'pods', '-o', `jsonpath=${template}`)).toMatchObject({
        stdout: pods,
      });
    });

    it('see workloads whose roll-out is complete, by the word of kubectl', async () => {
      const wait = ['rollout', 'status', '--watch=false'];
      const { stdout } = await kubectl('vm-a', ...wait, 'statefulset/nats-broker');
      expect(stdout).toMatch(/^(partitioned roll out|statefulset rolling update) complete/);
      expect((await kubectl('vm-a', ...wait, 'deployment/nats-publisher')).stdout).toContain(
        'successfully rolled out',
      );
    });

    it('read the end of a log, and follow it', async () => {
      const all = await kubectl('vm-a', 'logs', 'nats-broker-0', '-c', 'nats');
      expect(all.stdout).toBe(broker.logs('nats').slice(0, all.stdout.length));
      expect(all.stdout).toContain('Server is ready');
      const [command = '', ...args] = call('vm-a', ['logs', '-f', '--tail=1', 'deploy/nats-publisher']);
      const following = spawn(command, args, { detached: true });
      const log = new Log('kubectl logs');
      log.follow(following.stdout!);
      await until('three more lines come', () => log.text.split('\n').length > 3);
      killGroup(following);
    });

    it('run a command in a container, with its input, output and exit code', async () => {
      const exec = ['exec', 'nats-broker-0', '-c', 'nats'];
      expect(await kubectl('vm-a', ...exec, '--', 'nats-server', '-v')).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^nats-server: v2\./),
      });
      const failing = ['--', 'sh', '-c', 'echo out; echo err >&2; exit 7'];
      expect(await kubectl('vm-a', ...exec, ...failing)).toMatchObject({
        code: 7,
        stdout: 'out\n',
        stderr: expect.stringMatching(/^err\n/),
      });
      const reading = call('vm-a', [...exec, '-i', '--', 'cat']);
      expect(await run(reading, { stdin: 'to and fro' })).toMatchObject({ code: 0, stdout: 'to and fro' });
    });

    it('reach the monitoring port of the broker by kubectl port-forward', async () => {
      const [command = '', ...args] = call('vm-a', ['port-forward', 'nats-broker-0', ':8222']);
      const forwarding = spawn(command, args, { detached: true });
      const log = new Log('kubectl port-forward');
      log.follow(forwarding.stdout!);
      const [, port] = await log.waitFor(/127\.0\.0\.1:(\d+) -> 8222/);
      expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()).toEqual({ status: 'ok' });
      killGroup(forwarding);
    });

    describe('by the JavaScript client', () => {
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
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        const { port } = server.address() as AddressInfo;
        const varz = (await (await fetch(`http://127.0.0.1:${port}/varz`)).json()) as { server_name: string };
        expect(varz.server_name).toBe(`${context}-${pod}`);
        server.close();
      });

      it('learn which permission is missing', async () => {
        const core = client('limited').makeApiClient(CoreV1Api);
        const { items } = await core.listNamespacedPod({ namespace: NAMESPACE });
        expect(items).toHaveLength(2);
        await expect(core.listNamespacedSecret({ namespace: NAMESPACE })).rejects.toMatchObject({
          code: 403,
        });
      });
    });
  },
);
