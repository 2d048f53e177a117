/** The constructs in a cdk8s app of your own, without a topology. Run it with `npx tsx examples/own-app.ts`. */
import { App, Chart } from 'cdk8s';
import { LinkerdNamespace, NatsBroker, Publisher, RequiredSecret } from '../constructs/index.ts';

export function ownApp(outdir: string): App {
  const app = new App({ outdir });
  const chart = new Chart(app, 'messaging');
  const namespace = new LinkerdNamespace(chart, 'namespace', { name: 'messaging' });
  const broker = new NatsBroker(chart, 'broker', { namespace, cluster: 'hub', address: 'nats.example.com' });
  new Publisher(chart, 'heartbeat', { server: broker, name: 'heartbeat', subject: 'status.heartbeat' });
  broker.acceptLeaf({ cluster: 'edge', networks: ['198.51.100.7/32'], subscribe: ['status.>'] });
  return app;
}

if (import.meta.filename === process.argv[1]) {
  const app = ownApp('dist-own-app');
  app.synth();
  for (const { namespace, name, keys, purpose } of RequiredSecret.all(app)) {
    console.log(`Secret ${namespace}/${name} (${Object.keys(keys).join(', ')}): ${purpose}`);
  }
}
