import { expect, it } from 'vitest';
import { linkerdLines } from '../../certs/linkerd-lines.ts';
import { leaf, topology } from './fixtures.ts';

it('installs Linkerd on each cluster with its own issuer under the shared anchor', () => {
  expect(linkerdLines(topology, 'certs/issued')).toMatchInlineSnapshot(`
    [
      {
        "cluster": "vm-a",
        "lines": [
          "# Where the Gateway API is already there, leave out --set installGatewayAPI=true.",
          "linkerd --context vm-a install --crds --set installGatewayAPI=true | kubectl --context vm-a apply -f -",
          "linkerd --context vm-a install --identity-trust-anchors-file certs/issued/ca.crt --identity-issuer-certificate-file certs/issued/cluster-a-issuer.crt --identity-issuer-key-file certs/issued/cluster-a-issuer.key | kubectl --context vm-a apply -f -",
          "linkerd --context vm-a check",
        ],
      },
      {
        "cluster": "vm-b",
        "lines": [
          "# Where the Gateway API is already there, leave out --set installGatewayAPI=true.",
          "linkerd --context vm-b install --crds --set installGatewayAPI=true | kubectl --context vm-b apply -f -",
          "linkerd --context vm-b install --identity-trust-anchors-file certs/issued/ca.crt --identity-issuer-certificate-file certs/issued/cluster-b-issuer.crt --identity-issuer-key-file certs/issued/cluster-b-issuer.key | kubectl --context vm-b apply -f -",
          "linkerd --context vm-b check",
        ],
      },
    ]
  `);
});

it('tells Linkerd of IPv6 where the topology has it', () => {
  const lines = (ipv6: boolean) => linkerdLines({ ...topology, ipv6 }, 'certs/issued')[0]!.lines.join('\n');
  expect(lines(true)).toContain(' install --set disableIPv6=false ');
  expect(lines(false)).not.toContain('disableIPv6');
});

it('installs the CNI plugin first where a cluster uses it', () => {
  const [broker] = linkerdLines(
    { ...topology, brokerCluster: { ...topology.brokerCluster, linkerdCni: true } },
    'certs/issued',
  );
  const cni = broker!.lines.findIndex((line) => line.includes(' install-cni '));
  const install = broker!.lines.findIndex((line) => line.includes(' install --linkerd-cni-enabled '));
  expect(cni).toBeGreaterThan(0);
  expect(install).toBe(cni + 1);
});

it('links a leaf that comes through a gateway', () => {
  const link = { kind: 'linkerd-gateway', linkName: 'hub' } as const;
  const brokerCluster = { ...topology.brokerCluster, address: '2001:db8::7' };
  const [broker, viaGateway] = linkerdLines(
    { ...topology, brokerCluster, leafClusters: [{ ...leaf, link }] },
    'issued',
  );
  expect(broker!.lines.at(-1)).toBe(
    'linkerd --context vm-a multicluster install | kubectl --context vm-a apply -f -',
  );
  expect(viaGateway!.lines.slice(-3)).toMatchInlineSnapshot(`
    [
      "linkerd --context vm-b multicluster install --gateway=false --set 'controllers[0].link.ref.name=hub' | kubectl --context vm-b apply -f -",
      "linkerd --context vm-a multicluster link-gen --cluster-name hub --api-server-address https://[2001:db8::7]:6443 --gateway-addresses 2001:db8::7 | kubectl --context vm-b apply -f -",
      "linkerd --context vm-b multicluster check",
    ]
  `);
});

it('tells a link every address of the gateway', () => {
  const link = { kind: 'linkerd-gateway', linkName: 'hub' } as const;
  const brokerCluster = { ...topology.brokerCluster, furtherAddresses: ['1.1.1.2', 'nats.example.com'] };
  const [, viaGateway] = linkerdLines(
    { ...topology, brokerCluster, leafClusters: [{ ...leaf, link }] },
    'issued',
  );
  expect(viaGateway!.lines.at(-2)).toContain(
    '--api-server-address https://1.1.1.1:6443 --gateway-addresses 1.1.1.1,1.1.1.2,nats.example.com |',
  );
});

it('quotes a folder that the shell would split', () => {
  const [broker] = linkerdLines(topology, "it's mine");
  expect(broker!.lines.join('\n')).toContain(`--identity-trust-anchors-file 'it'\\''s mine/ca.crt'`);
});
