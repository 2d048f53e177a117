import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, JsonPatch } from 'cdk8s';
import { expect, it } from 'vitest';
import {
  type ClientWorkload,
  LinkerdNamespace,
  NatsBroker,
  NatsLeaf,
  type NatsServer,
  Publisher,
  RequiredSecret,
  Subscriber,
} from '../../../constructs/index.ts';
import { template } from './fixtures.ts';

/** Somebody else's app for one cluster: one chart, names of their own, and cdk8s's own way of writing files. */
function ownApp(
  outdir: string,
  cluster: string,
  fill: (chart: Chart, namespace: LinkerdNamespace) => void,
): App {
  const app = new App({ outdir });
  const chart = new Chart(app, cluster);
  fill(chart, new LinkerdNamespace(chart, 'namespace', { name: 'messaging' }));
  app.synth();
  return app;
}

it("works in somebody else's cdk8s app, with the namespace first", () => {
  const outdir = mkdtempSync(join(tmpdir(), 'own-app-'));
  try {
    let broker!: NatsBroker;
    ownApp(outdir, 'hub', (chart, namespace) => {
      broker = new NatsBroker(chart, 'nats', {
        namespace,
        cluster: 'hub',
        address: 'nats.example.com',
        name: 'bus',
      });
      new Publisher(chart, 'clock', { server: broker, name: 'clock', subject: 'time' });
    });
    const endpoint = broker.acceptLeaf({
      cluster: 'edge',
      networks: ['203.0.113.0/24'],
      subscribe: ['time'],
    });
    const edge = ownApp(outdir, 'edge', (chart, namespace) => {
      const server = new NatsLeaf(chart, 'nats', {
        namespace,
        cluster: 'edge',
        broker: endpoint,
        name: 'local',
      });
      new Subscriber(chart, 'display', { server, name: 'display', subject: 'time' });
    });

    expect(readdirSync(outdir).sort()).toEqual(['edge.k8s.yaml', 'hub.k8s.yaml']);
    for (const file of readdirSync(outdir)) {
      expect(readFileSync(join(outdir, file), 'utf8')).toMatch(/^apiVersion: v1\nkind: Namespace\n/);
    }
    expect(RequiredSecret.all(edge).map(({ name }) => name)).toEqual([
      'local-accounts',
      'local-tls',
      'nats-auth',
    ]);
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

it('has objects that whoever needs another field can reach', () => {
  const chart = new Chart(new App(), 'hub');
  const namespace = new LinkerdNamespace(chart, 'namespace');
  const server: NatsServer = new NatsBroker(chart, 'nats', { namespace, cluster: 'hub', address: '1.1.1.1' });
  const client: ClientWorkload = new Publisher(chart, 'clock', { server, subject: 'time' });
  server.statefulSet.addJsonPatch(JsonPatch.add('/spec/template/spec/priorityClassName', 'high'));
  client.deployment.addJsonPatch(JsonPatch.add('/spec/template/spec/nodeSelector', { disk: 'ssd' }));
  expect(template(chart, 'StatefulSet', 'nats-broker').spec).toHaveProperty('priorityClassName', 'high');
  expect(template(chart, 'Deployment', 'nats-publisher').spec).toHaveProperty('nodeSelector', {
    disk: 'ssd',
  });
  expect(
    [
      server.service,
      server.headlessService,
      server.configMap,
      server.serviceAccount,
      client.serviceAccount,
    ].map(({ kind, name }) => `${kind}/${name}`),
  ).toEqual([
    'Service/nats-broker',
    'Service/nats-broker-headless',
    'ConfigMap/nats-broker-config',
    'ServiceAccount/nats-broker',
    'ServiceAccount/nats-publisher',
  ]);
});
