import { expect, it } from 'vitest';
import { linkerdLines } from '../../../certs/runbook/linkerd-install.ts';
import { resolve } from '../../../model/resolve.ts';
import { leaf, topology } from '../../support/certs/fixtures.ts';

it('installs Linkerd on each cluster with its own issuer under the shared anchor', () => {
  expect(linkerdLines(resolve(topology), 'certs/issued')).toMatchInlineSnapshot(`
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
  const lines = (ipv6: boolean) =>
    linkerdLines(resolve({ ...topology, ipv6 }), 'certs/issued')[0]!.lines.join('\n');
  expect(lines(true)).toContain(' install --set disableIPv6=false ');
  expect(lines(false)).not.toContain('disableIPv6');
});

it('installs the CNI plugin first where a cluster uses it', () => {
  const [broker] = linkerdLines(
    resolve({ ...topology, brokerCluster: { ...topology.brokerCluster, linkerdCni: true } }),
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
    resolve({ ipv6: true, brokerCluster, leafClusters: [{ ...leaf, link }] }),
    'issued',
  );
  expect(broker!.lines.at(-1)).toBe(
    'linkerd --context vm-a multicluster install | kubectl --context vm-a apply -f -',
  );
  expect(viaGateway!.lines.slice(-5)).toMatchInlineSnapshot(`
    [
      "# For this link vm-b has to reach [2001:db8::7] on 4143 (the gateway), 4191 (its probe) and 6443 (the API server).",
      "linkerd --context vm-b multicluster install --gateway=false --set 'controllers[0].link.ref.name=hub' | kubectl --context vm-b apply -f -",
      "linkerd --context vm-a multicluster link-gen --cluster-name hub --api-server-address https://[2001:db8::7]:6443 --gateway-addresses 2001:db8::7 | kubectl --context vm-b apply -f -",
      "# The gateway's first probe takes up to a minute; until then the check says that it failed.",
      "linkerd --context vm-b multicluster check",
    ]
  `);
});

it('tells a link every address of the gateway', () => {
  const link = { kind: 'linkerd-gateway', linkName: 'hub' } as const;
  const brokerCluster = { ...topology.brokerCluster, furtherAddresses: ['1.1.1.2', 'nats.example.com'] };
  const [, viaGateway] = linkerdLines(
    resolve({ ...topology, brokerCluster, leafClusters: [{ ...leaf, link }] }),
    'issued',
  );
  expect(viaGateway!.lines.at(-3)).toContain(
    '--api-server-address https://1.1.1.1:6443 --gateway-addresses 1.1.1.1,1.1.1.2,nats.example.com |',
  );
});

it('quotes a folder that the shell would split', () => {
  const [broker] = linkerdLines(resolve(topology), "it's mine");
  expect(broker!.lines.join('\n')).toContain(`--identity-trust-anchors-file 'it'\\''s mine/ca.crt'`);
});
