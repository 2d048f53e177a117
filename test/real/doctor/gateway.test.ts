import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gateway } from '../../../doctor/checks/gateway.ts';
import { Target } from '../../../doctor/target.ts';
import { wantedOf } from '../../../doctor/wanted.ts';
import { topology } from '../../../examples/linkerd-gateway.ts';
import { KubeClient } from '../../../kube/kube-client.ts';
import { resolve } from '../../../model/resolve.ts';
import { ApiServer } from '../../support/cluster/api-server.ts';
import { kubeconfig } from '../../support/cluster/kubeconfig.ts';
import { linkCrd } from '../../support/doctor/link-crd.ts';
import { addDoctor } from '../../support/doctor/role.ts';
import { describeReal } from '../../support/parts.ts';
import { until } from '../../support/until.ts';

const MULTICLUSTER = 'linkerd-multicluster';
const NAME = 'linkerd-gateway';

/** One cluster that is looked at as the broker's and as the leaf's, by whom the documentation lets look. */
describeReal(['etcd', 'kube-apiserver', 'kubectl'], 'what the doctor says of a gateway', () => {
  let api: ApiServer;
  let kube: KubeClient;

  const said = async (cluster: string) => {
    const [wanted] = wantedOf(resolve(topology), new Set([cluster]));
    const verdicts = await gateway(new Target(wanted!, cluster, kube, undefined, new Date()));
    return verdicts.map(({ level, what }) => `${level}: ${what}`);
  };

  beforeAll(async () => {
    api = await ApiServer.start();
    const namespaces = ['nats-system', 'linkerd', MULTICLUSTER];
    await api.apply(namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
    const config = new KubeConfig();
    const token = await addDoctor(api, namespaces);
    config.loadFromString(kubeconfig({ test: { ...api.access, token } }));
    kube = new KubeClient(config, 10_000);
  });

  afterAll(() => api?.stop());

  it('follows a leaf from nothing to a mirror that leads somewhere', async () => {
    expect(await said('vm-b')).toEqual([`problem: there is no Link vm-a in ${MULTICLUSTER}`]);
    await api.apply([linkCrd]);
    await until('the server knows Links', async () => (await api.kubectl(['get', 'links', '-A'])).code === 0);
    const metadata = { name: 'vm-a', namespace: MULTICLUSTER };
    await api.apply([{ apiVersion: 'multicluster.linkerd.io/v1alpha3', kind: 'Link', metadata }]);
    // What a server serves is asked for once.
    kube = new KubeClient(kube.config, 10_000);
    expect(await said('vm-b')).toEqual([
      'problem: the mirrored Service nats-broker-leafnodes-vm-a is missing',
    ]);
    const mirror = { name: 'nats-broker-leafnodes-vm-a', namespace: 'nats-system' };
    const endpoints = { apiVersion: 'v1', kind: 'Endpoints', metadata: mirror };
    await api.apply([
      { apiVersion: 'v1', kind: 'Service', metadata: mirror, spec: { ports: [{ port: 7422 }] } },
      endpoints,
    ]);
    expect(await said('vm-b')).toEqual([
      'problem: the mirrored Service nats-broker-leafnodes-vm-a has no endpoint',
    ]);
    const subsets = [{ addresses: [{ ip: '1.1.1.1' }], ports: [{ port: 4143 }] }];
    await api.apply([{ ...endpoints, subsets }]);
    expect(await said('vm-b')).toEqual(['ok: the broker is mirrored here']);
  });

  it('follows a broker from nothing to a gateway with an address', async () => {
    expect(await said('vm-a')).toEqual([`problem: there is no ${NAME} in ${MULTICLUSTER}`]);
    const metadata = { name: NAME, namespace: MULTICLUSTER };
    const labels = { app: NAME };
    const containers = [{ name: 'pause', image: 'pause' }];
    const spec = {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    };
    await api.apply([
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec },
      {
        ...{ apiVersion: 'v1', kind: 'Service', metadata },
        spec: { type: 'LoadBalancer', selector: labels, ports: [{ port: 4143 }] },
      },
    ]);
    expect(await said('vm-a')).toEqual([`problem: ${NAME} has no pod that is available`]);
    await tell('deployment', { replicas: 1, readyReplicas: 1, availableReplicas: 1 });
    expect(await said('vm-a')).toEqual([`problem: the Service ${NAME} waits for a load balancer's address`]);
    await tell('service', { loadBalancer: { ingress: [{ ip: '1.1.1.1' }] } });
    expect(await said('vm-a')).toEqual(['ok: the gateway is at work and has an address']);
  });

  /** Sets a status in the place of a controller. */
  const tell = (kind: string, status: object) =>
    api.must([
      ...['-n', MULTICLUSTER, 'patch', kind, NAME, '--subresource=status', '--type=merge'],
      ...['-p', JSON.stringify({ status })],
    ]);
});
