import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Cluster } from '../../support/cluster/cluster.ts';
import type { KubeObject } from '../../support/manifest.ts';
import { describeReal, needed } from '../../support/parts.ts';
import type { Pod } from '../../support/stage/pod.ts';
import { World } from '../../support/stage/world.ts';

const restricted = `
  securityContext: { runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 }`;

const broker = objects(`
kind: ConfigMap
metadata: { name: config, namespace: test }
data:
  nats.conf: |
    port: 4222
    server_name: $SERVER_NAME
    pid_file: /var/run/nats/nats.pid
    http: 8222
    include ../nats-auth/auth.conf
---
kind: Secret
metadata: { name: auth, namespace: test }
data: { greeting: ${Buffer.from('hello').toString('base64')} }
stringData: { auth.conf: 'authorization { user: u, password: "first" }' }
---
kind: Service
metadata: { name: broker, namespace: test }
spec: { type: NodePort, selector: { app: broker }, ports: [{ port: 4222, targetPort: client, nodePort: 30422 }] }
---
kind: StatefulSet
metadata: { name: broker, namespace: test }
spec:
  serviceName: broker
  template:
    metadata: { labels: { app: broker } }
    spec:
      shareProcessNamespace: true
      terminationGracePeriodSeconds: 5
    ${restricted.replaceAll('\n', '\n    ')}
      volumes:
        - { name: config, configMap: { name: config } }
        - { name: auth, secret: { secretName: auth, defaultMode: 0o400 } }
        - { name: pid, emptyDir: {} }
      containers:
        - name: nats
          image: nats:2.14.6-alpine
          args: [--config, /etc/nats/nats.conf]
          env:
            - { name: POD_NAME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
            - { name: SERVER_NAME, value: $(POD_NAME) }
            - { name: GREETING, valueFrom: { secretKeyRef: { name: auth, key: greeting } } }
          ports: [{ name: client, containerPort: 4222 }]
          volumeMounts:
            - { name: config, mountPath: /etc/nats }
            - { name: auth, mountPath: /etc/nats-auth }
            - { name: pid, mountPath: /var/run/nats }
          readinessProbe: { httpGet: { path: /healthz, port: 8222 } }
          securityContext: { readOnlyRootFilesystem: true }
        - name: reloader
          image: nats:2.14.6-alpine
          command: [sh, -c, 'while sleep 1; do :; done']
          volumeMounts: [{ name: pid, mountPath: /var/run/nats }]
          securityContext: { readOnlyRootFilesystem: true }
`);

const clients = objects(`
kind: Deployment
metadata: { name: publisher, namespace: test }
spec:
  template:
    spec:
      terminationGracePeriodSeconds: 2
    ${restricted.replaceAll('\n', '\n    ')}
      containers:
        - name: publisher
          image: natsio/nats-box:0.19.7
          command: [sh, -c]
          args:
            - |
              trap 'echo "caught TERM as PID $$$$"; exit 7' TERM
              while :; do
                nats --server nats://u:first@1.1.1.1:30422 pub subject hello || true
                sleep 0.3 & wait $!
              done
          lifecycle: { preStop: { exec: { command: [sh, -c, 'echo leaving > /proc/1/fd/1'] } } }
---
kind: Deployment
metadata: { name: deaf, namespace: test }
spec:
  template:
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{ name: deaf, image: natsio/nats-box:0.19.7, command: [sh, -c, 'while :; do sleep 1; done'] }]
`);

describeReal(['namespaces', 'nats-server', 'nats'], 'pods in namespaces', () => {
  let world: World;
  let a: Cluster;
  let b: Cluster;
  let server: Pod;

  beforeAll(async () => {
    world = World.start();
    a = world.cluster('1.1.1.1', broker);
    b = world.cluster('2.2.2.2', clients);
    server = await a.startPod('broker-0');
    await server.ready();
  });

  afterAll(() => world.stop());

  it('runs the container as its user, on a read-only root, without a capability', async () => {
    expect((await server.exec(['id'])).stdout).toBe('uid=1000 gid=1000 groups=1000\n');
    expect((await server.exec(['touch', '/file'])).stderr).toContain('Read-only file system');
    expect((await server.exec(['touch', '/etc/nats/file'])).stderr).toContain('Read-only file system');
    expect((await server.exec(['touch', '/var/run/nats/file'])).code).toBe(0);
    const status = (await server.exec(['cat', '/proc/self/status'])).stdout;
    expect(status.match(/^Cap.*:\s(.*)$/gm)).toHaveLength(5);
    expect(status).not.toMatch(/^Cap...:\s.*[1-9a-f]/m);
    expect(status).toMatch(/^NoNewPrivs:\s1$/m);
  });

  it('gives the container the environment of its manifest and no other', async () => {
    const { stdout } = await server.exec(['env']);
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL'].includes(name ?? '')).sort()).toEqual([
      'GREETING',
      'HOME',
      'HOSTNAME',
      'PATH',
      'POD_NAME',
      'SERVER_NAME',
    ]);
    expect(stdout).toContain('SERVER_NAME=broker-0');
    expect(stdout).toContain('GREETING=hello');
    expect((await server.exec(['hostname'])).stdout).toBe('broker-0\n');
  });

  it('lays secrets out as the kubelet does', async () => {
    const { stdout } = await server.exec(['ls', '-lnL', '/etc/nats-auth/auth.conf']);
    expect(stdout).toMatch(/^-r--r-----\s+1 0\s+1000 /);
    expect((await server.exec(['readlink', '/etc/nats-auth/auth.conf'])).stdout).toBe('..data/auth.conf\n');
  });

  it('shows a changed Secret, which the server reads when a sidecar signals it', async () => {
    const login = async (password: string) => {
      const url = `nats://u:${password}@broker.test.svc:4222`;
      return (await server.run([needed('nats'), '--server', url, 'pub', 'a', 'b'])).code;
    };
    const reload = async (password: string) => {
      const text = `authorization { user: u, password: "${password}" }`;
      const metadata = { name: 'auth', namespace: 'test' };
      a.apply({ kind: 'Secret', metadata, stringData: { greeting: 'hello', 'auth.conf': text } });
      expect((await server.exec(['cat', '/etc/nats-auth/auth.conf'])).stdout).toBe(text);
      const after = server.logs().length;
      const signal = ['sh', '-c', 'kill -HUP "$(cat /var/run/nats/nats.pid)"'];
      expect((await server.exec(signal, { container: 'reloader' })).code).toBe(0);
      await server.waitForLog(/Reloaded server configuration/, { after });
    };
    await reload('second');
    expect([await login('first'), await login('second')]).toEqual([1, 0]);
    await reload('first');
    expect([await login('first'), await login('second')]).toEqual([0, 1]);
  });

  it('carries a message through the NodePort to the other cluster, until the port is cut, and once it is healed', async () => {
    const publisher = await b.startPod('publisher');
    await publisher.waitForLog(/Published 5 bytes/);
    await a.nodePorts.cut(30422);
    const cut = publisher.logs().length;
    await publisher.waitForLog(/connection refused|no servers available/, { after: cut });
    await a.nodePorts.heal(30422);
    await publisher.waitForLog(/Published 5 bytes/, { after: publisher.logs().length });
    await publisher.stop();
    expect(publisher.logs()).toMatch(/leaving\ncaught TERM as PID 1\n$/);
    expect(publisher.container().exits).toEqual([{ code: 7, signal: null }]);
  });

  it('kills what does not end within its grace period', async () => {
    const deaf = await b.startPod('deaf');
    await deaf.stop();
    expect(deaf.container().exits).toEqual([{ code: null, signal: 'SIGKILL' }]);
  });

  it('restarts a container that ends, and gives a pod that starts again its name and a new address', async () => {
    const before = server.logs().length;
    server.container('nats').signal('SIGKILL');
    await server.waitForLog(/Server is ready/, { after: before });
    expect(server.container('nats').exits).toHaveLength(1);
    await server.stop();
    expect(server.logs()).toMatch(/Server Exiting/);
    const again = await a.startPod('broker-0');
    await again.ready();
    expect(again.ip).not.toBe(server.ip);
    const hosts = (await again.exec(['cat', '/etc/hosts'])).stdout;
    expect(hosts).toMatch(new RegExp(`^${again.ip} .*broker-0.broker.test.svc.cluster.local`, 'm'));
    server = again;
  });

  it('keeps a silent connection open without passing a byte', async () => {
    const attacker = world.outsider('3.3.3.3');
    const greeting = ['timeout', '1', 'cat'];
    const dial = ['bash', '-c', `exec 3<>/dev/tcp/1.1.1.1/30422 && exec ${greeting.join(' ')} <&3`];
    expect(await attacker.run(dial)).toMatchObject({ code: 124, stdout: expect.stringMatching(/^INFO /) });
    await a.nodePorts.silence(30422);
    expect(await attacker.run(dial)).toMatchObject({ code: 124, stdout: '' });
    await a.nodePorts.cut(30422);
    expect((await attacker.run(dial)).stderr).toContain('Connection refused');
    await a.nodePorts.heal(30422);
    expect(await attacker.run(dial)).toMatchObject({ stdout: expect.stringMatching(/^INFO /) });
  });
});

function objects(text: string): KubeObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
}
