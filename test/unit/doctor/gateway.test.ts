import { expect, it } from 'vitest';
import { gateway } from '../../../doctor/checks/gateway.ts';
import { topology as byGateway } from '../../../examples/linkerd-gateway.ts';
import type { KubeObject } from '../../../kube/kube-client.ts';
import { topology } from '../../../topology.ts';
import { target } from './targets.ts';

const link = { kind: 'Link', metadata: { name: 'vm-a' } };
const mirror = { kind: 'Service', metadata: { name: 'nats-broker-leafnodes-vm-a' } };
const endpoints = (...subsets: object[]): KubeObject => ({
  ...{ kind: 'Endpoints', metadata: { name: 'nats-broker-leafnodes-vm-a' } },
  ...(subsets.length > 0 && { subsets }),
});
const deployment = (availableReplicas?: number): KubeObject => ({
  ...{ kind: 'Deployment', metadata: { name: 'linkerd-gateway' }, status: { availableReplicas } },
});
const service = (ingress: object[], spec: object = { type: 'LoadBalancer' }): KubeObject => ({
  ...{ kind: 'Service', metadata: { name: 'linkerd-gateway' }, spec, status: { loadBalancer: { ingress } } },
});

const onLeaf = (...objects: KubeObject[]) => gateway(target(objects, byGateway, 'vm-b'));
const onBroker = (...objects: KubeObject[]) => gateway(target(objects, byGateway, 'vm-a'));

it('says nothing where no link goes through a gateway', async () => {
  expect(await gateway(target([], topology, 'vm-a'))).toEqual([]);
  expect(await gateway(target([], topology, 'vm-b'))).toEqual([]);
});

it('is content with a mirror that leads somewhere, and a gateway that has an address', async () => {
  expect(await onLeaf(link, mirror, endpoints({ addresses: [{ ip: '1.1.1.1' }] }))).toEqual([
    { level: 'ok', what: 'the broker is mirrored here' },
  ]);
  const well = [{ level: 'ok', what: 'the gateway is at work and has an address' }];
  expect(await onBroker(deployment(1), service([{ ip: '1.1.1.1' }]))).toEqual(well);
  expect(await onBroker(deployment(1), service([], { type: 'NodePort' }))).toEqual(well);
  const spec = { type: 'LoadBalancer', externalIPs: ['1.1.1.1'] };
  expect(await onBroker(deployment(1), service([], spec))).toEqual(well);
});

it.each([
  [
    'no Link',
    [],
    'there is no Link vm-a in linkerd-multicluster',
    /linkerd --context vm-b multicluster check$/,
  ],
  [
    'no mirror',
    [link],
    'the mirrored Service nats-broker-leafnodes-vm-a is missing',
    /multicluster check .* port 6443$/,
  ],
  [
    'no endpoint',
    [link, mirror, endpoints()],
    'the mirrored Service nats-broker-leafnodes-vm-a has no endpoint',
    /^linkerd --context vm-b multicluster gateways; .* ports 4143 and 4191 /,
  ],
  [
    'endpoints of which none is ready',
    [link, mirror, endpoints({ notReadyAddresses: [{ ip: '1.1.1.1' }] })],
    'the mirrored Service nats-broker-leafnodes-vm-a has no endpoint',
    /multicluster gateways/,
  ],
])('tells of a leaf with %s', async (_, objects, what, remedy) => {
  expect(await onLeaf(...objects)).toMatchObject([
    { level: 'problem', what, remedy: expect.stringMatching(remedy) },
  ]);
});

it.each([
  ['nothing', [], 'there is no linkerd-gateway in linkerd-multicluster', /npm run certs prints/],
  [
    'a gateway scaled to nothing',
    [deployment()],
    'linkerd-gateway has no pod that is available',
    /describe deployment/,
  ],
  ['no Service', [deployment(1)], 'the Service linkerd-gateway is missing', /multicluster check$/],
  [
    'a Service that waits',
    [deployment(1), service([])],
    "the Service linkerd-gateway waits for a load balancer's address",
    /^kubectl --context vm-a -n linkerd-multicluster describe service\/linkerd-gateway/,
  ],
])('tells of a broker with %s', async (_, objects, what, remedy) => {
  expect(await onBroker(...objects)).toMatchObject([
    { level: 'problem', what, remedy: expect.stringMatching(remedy) },
  ]);
});
