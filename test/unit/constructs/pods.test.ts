import { describe, expect, it } from 'vitest';
import { publisherWith, subscriberWith } from './clients.ts';
import { object, template } from './fixtures.ts';

const broker = publisherWith().chart;
const leaf = subscriberWith().chart;

describe.each([
  ['StatefulSet', 'nats-broker', broker],
  ['StatefulSet', 'nats-leaf', leaf],
  ['Deployment', 'nats-publisher', broker],
  ['Deployment', 'nats-subscriber', leaf],
])('the pod of %s %s', (kind, name, chart) => {
  const { metadata, spec } = template(chart, kind, name);

  it('runs as a user other than root', () => {
    expect(spec.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  it('has containers that cannot write to their root, gain privileges or use a capability', () => {
    for (const { securityContext } of spec.containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('runs as a service account of its own, whose token nobody mounts', () => {
    expect(spec).toMatchObject({
      serviceAccountName: name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
    });
    expect(object(chart, 'ServiceAccount', name)).toHaveProperty('automountServiceAccountToken', false);
  });

  it('says what each container and the proxy may use', () => {
    for (const container of spec.containers) {
      expect(container).toHaveProperty('resources.requests.memory');
      expect(container).toHaveProperty('resources.limits.cpu');
    }
    expect(metadata?.annotations).toMatchObject({
      'config.linkerd.io/proxy-cpu-request': '50m',
      'config.linkerd.io/proxy-cpu-limit': kind === 'StatefulSet' ? '500m' : '100m',
      'config.linkerd.io/proxy-memory-limit': '128Mi',
    });
  });

  it('keeps its proxy until its containers have stopped, and denies what no Server is about', () => {
    expect(metadata?.annotations).toMatchObject({
      'config.alpha.linkerd.io/proxy-enable-native-sidecar': 'true',
      'config.linkerd.io/proxy-enable-native-sidecar': 'true',
      'config.linkerd.io/default-inbound-policy': 'deny',
    });
  });

  it('is found by its label', () => {
    expect(metadata?.labels).toEqual({
      app: name,
      'app.kubernetes.io/name': name,
      'app.kubernetes.io/component': name.slice('nats-'.length),
      'app.kubernetes.io/part-of': 'nats-mtls',
      'app.kubernetes.io/managed-by': 'nats-mtls',
    });
    expect(object(chart, kind, name)).toHaveProperty('spec.selector', { matchLabels: { app: name } });
  });

  it('shows its Secrets to its own group only', () => {
    const secrets = (spec.volumes ?? []).flatMap(({ secret }) => (secret ? [secret.defaultMode] : []));
    expect(secrets.length).toBeGreaterThan(0);
    expect(new Set(secrets)).toEqual(new Set([0o440]));
  });

  it('runs images of one fixed version', () => {
    for (const { image } of spec.containers) expect(image).toMatch(/^[^:]+:\d+\.\d+\.\d+/);
  });
});
