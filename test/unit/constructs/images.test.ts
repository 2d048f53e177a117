import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../model/checks.ts';
import type { Images } from '../../../model/images.ts';
import { resolve } from '../../../model/resolve.ts';
import { documents, objectsOf } from '../../../synth/read-manifest.ts';
import { synthesize } from '../../../synth/synthesize.ts';
import type { PodTemplate } from '../../support/manifest.ts';

const digest = `sha256:${'0'.repeat(64)}`;

/** Every pod of a broker that keeps streams and is monitored, with a demonstration and an application. */
function pods(images: Images) {
  const model = resolve({
    images,
    brokerCluster: {
      ...{ name: 'hub', address: '192.0.2.1', issuer: 'hub-issuer' },
      scraper: { networks: 'anywhere' },
      monitoring: { kind: 'annotations' },
      jetStream: { storage: { size: '1Gi' } },
      publishers: [
        { name: 'demo', subject: 'test.messages' },
        { name: 'shop', user: 'shop', subject: 'orders.created', image: 'shop.example.com/shop:1.4.2' },
      ],
    },
    leafClusters: [],
  });
  const objects = [...synthesize(model)].flatMap(({ files }) =>
    [...files.values()].flatMap((text) => documents(text).flatMap(objectsOf)),
  );
  return objects
    .filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment')
    .map((object) => (object.spec as { template: PodTemplate }).template.spec);
}

const imagesOf = (images: Images) =>
  Object.fromEntries(
    pods(images).flatMap(({ containers }) => containers.map((one) => [one.name, one.image])),
  );

describe('the images of the pods', () => {
  it('come from another registry after one line', () => {
    expect(imagesOf({ registry: 'registry.example.com:5000/mirror' })).toEqual({
      nats: 'registry.example.com:5000/mirror/nats:2.14.6-alpine',
      'config-reloader': 'registry.example.com:5000/mirror/nats:2.14.6-alpine',
      exporter: 'registry.example.com:5000/mirror/natsio/prometheus-nats-exporter:0.20.1',
      demo: 'registry.example.com:5000/mirror/natsio/nats-box:0.19.7-nonroot',
      'nats-streams': 'registry.example.com:5000/mirror/natsio/nats-box:0.19.7-nonroot',
      shop: 'shop.example.com/shop:1.4.2',
    });
  });

  it('are what each is said to be, and one that names its registry keeps it', () => {
    expect(
      imagesOf({
        registry: 'registry.example.com',
        natsServer: `team/nats@${digest}`,
        natsBox: `localhost/nats-box:1@${digest}`,
        reloader: 'other.example.com/busybox:1.37',
        exporter: 'exporter:2',
      }),
    ).toEqual({
      nats: `registry.example.com/team/nats@${digest}`,
      'config-reloader': 'other.example.com/busybox:1.37',
      exporter: 'registry.example.com/exporter:2',
      demo: `localhost/nats-box:1@${digest}`,
      'nats-streams': `localhost/nats-box:1@${digest}`,
      shop: 'shop.example.com/shop:1.4.2',
    });
  });

  it('are pulled by every container of every pod as one line says', () => {
    for (const spec of pods({ pullSecrets: ['registry', 'team.registry'], pullPolicy: 'Always' })) {
      expect(spec).toHaveProperty('imagePullSecrets', [{ name: 'registry' }, { name: 'team.registry' }]);
      for (const container of spec.containers) expect(container).toHaveProperty('imagePullPolicy', 'Always');
    }
  });

  it('need no Secret unless one is named', () => {
    for (const spec of pods({})) {
      expect(spec).not.toHaveProperty('imagePullSecrets');
      for (const one of spec.containers) expect(one).toHaveProperty('imagePullPolicy', 'IfNotPresent');
    }
  });
});

it.each<[Images, string]>([
  [
    { natsServer: `nats@${'0'.repeat(64)}` },
    `natsServer\`: "nats@${'0'.repeat(64)}" has a digest without its algorithm; write sha256: and 64 hexadecimal digits after the @.`,
  ],
  [
    { exporter: 'exporter' },
    'exporter`: "exporter" is not pinned; use an image with a version or digest, such as nats:2.14.6-alpine.',
  ],
  [
    { natsBox: 'nats-box@sha256:12' },
    'natsBox`: "nats-box@sha256:12" is not pinned; use an image with a version or digest, such as nats:2.14.6-alpine.',
  ],
  [
    { registry: 'https://registry.example.com' },
    'registry`: "https://registry.example.com" is not a registry; use a host with a port and a path if it has them, such as registry.example.com/mirror.',
  ],
  [
    { registry: 'registry.example.com/' },
    'registry`: "registry.example.com/" is not a registry; use a host with a port and a path if it has them, such as registry.example.com/mirror.',
  ],
  [
    { pullSecrets: ['My_Secret'] },
    "pullSecrets[0]`: \"My_Secret\" is not the name of a Secret; use lower-case letters, digits, '-' and '.'.",
  ],
  [
    { pullSecrets: ['registry', 'registry'] },
    'pullSecrets[1]`: "registry" is there twice; name each Secret once.',
  ],
  [
    { pullPolicy: 'Sometimes' as 'Never' },
    'pullPolicy`: "Sometimes" is not a choice; use Always or IfNotPresent or Never.',
  ],
])('refuses images %o in one line', (images, message) => {
  expect(() => pods(images)).toThrow(new InvalidInput(`topology.ts \`images.${message}`));
});
