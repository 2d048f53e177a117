import { describe, expect, it } from 'vitest';
import { resolve } from '../../../model/resolve.ts';
import { type ClusterManifests, synthesize } from '../../../synth/synthesize.ts';
import type { KubeObject, ServiceSpec } from '../../support/manifest.ts';
import { objectsOf } from '../../support/minted.ts';
import { podOwners, portsOf, references, secretFiles, selects } from '../../support/synth/references.ts';
import { topologies } from '../../support/synth/topologies.ts';

const cases = topologies.flatMap(([name, topology]) =>
  [...synthesize(resolve(topology))].map((cluster): [string, ClusterManifests, string] => [
    `${name}, ${cluster.name}`,
    cluster,
    topology.namespace ?? 'nats-system',
  ]),
);

interface PolicySpec {
  readonly targetRef: { readonly kind: string; readonly name: string };
  readonly requiredAuthenticationRefs: readonly { readonly kind: string; readonly name: string }[];
  readonly identityRefs: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace: string;
  }[];
  readonly podSelector: object;
  readonly port: number | string;
}

describe.each(cases)('%s', (_, { files, secrets }, namespace) => {
  // `kubectl apply -f` takes the files of a folder by name, and those of the folders in it only when told to.
  const depth = (file: string) => file.split('/').length;
  const inOrder = [...files].sort(([a], [b]) => depth(a) - depth(b) || (a < b ? -1 : 1));
  // What clients in namespaces of their own need has a test below.
  const texts = inOrder.filter(([file]) => !file.startsWith('clients/')).map(([, text]) => text);
  const objects = texts.flatMap(objectsOf);
  const ofClients = inOrder.filter(([file]) => file.startsWith('clients/'));
  const isOfClient = ({ namespace: where }: { namespace: string }) => where !== namespace;
  const hasStore = objects.some(({ kind }) => kind === 'ExternalSecret');
  const owners = podOwners(objects);
  const id = ({ kind, metadata }: KubeObject) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
  const ids = new Set(objects.map(id));
  const ofKind = (...kinds: string[]) => objects.filter(({ kind }) => kinds.includes(kind));
  const spec = (object: KubeObject) => object.spec as PolicySpec;

  /** Of the Secrets that have to be there, and of those that cert-manager makes. */
  const keysOfSecrets = () =>
    new Map([
      ...secrets.map((secret) => [secret.name, Object.keys(secret.keys)] as const),
      ...ofKind('Certificate').map(
        ({ metadata }) => [metadata.name, ['tls.crt', 'tls.key'] as string[]] as const,
      ),
    ]);

  it('has the namespace first in the order in which kubectl applies', () => {
    expect(id(objects[0]!)).toBe(`Namespace /${namespace}`);
    expect('secrets.k8s.yaml' > inOrder[0]![0]).toBe(true);
  });

  it('has nothing in it that Flux would take for a variable', () => {
    const left = [...files.values()].flatMap(objectsOf).filter(({ metadata }) => {
      const annotation = metadata.annotations?.['kustomize.toolkit.fluxcd.io/substitute'];
      return annotation !== 'disabled';
    });
    expect(JSON.stringify(left)).not.toContain('${');
  });

  it('needs nothing but Kubernetes and Linkerd outside of the folder for monitoring', () => {
    const groups = [...files].flatMap(([file, text]) =>
      objectsOf(text).map(({ apiVersion = '' }) => [
        file.startsWith('monitoring/'),
        apiVersion.split('/')[0],
      ]),
    );
    const operators = groups.filter(([, group]) => group === 'monitoring.coreos.com');
    expect(operators.filter(([apart]) => !apart)).toEqual([]);
    expect(operators.length > 0).toBe([...files.keys()].some((file) => file.startsWith('monitoring/')));
  });

  it('has no two objects of one kind, namespace and name', () => {
    expect(ids.size).toBe(objects.length);
    const wanted = secrets.map((secret) => `${secret.namespace}/${secret.name}`);
    expect(new Set(wanted).size).toBe(wanted.length);
  });

  it('has every object in its one namespace', () => {
    const elsewhere = objects.slice(1).filter(({ metadata }) => metadata.namespace !== namespace);
    expect(elsewhere.map(id)).toEqual([]);
  });

  it('has a folder for each namespace of clients, with an egress policy named like each Secret, what brings it from a store, and nothing else', () => {
    const files: Readonly<Record<string, string>> = {
      NetworkPolicy: 'egress/network-policy.k8s.yaml',
      ExternalSecret: 'nats-external-secrets.k8s.yaml',
    };
    const found = ofClients.flatMap(([file, text]) =>
      objectsOf(text).map(({ kind, metadata }) => {
        expect(file).toBe(`clients/${metadata.namespace}/${files[kind]}`);
        return `${kind} ${metadata.namespace}/${metadata.name}`;
      }),
    );
    const kinds = hasStore ? Object.keys(files) : ['NetworkPolicy'];
    const wanted = secrets
      .filter(isOfClient)
      .flatMap(({ namespace, name }) => kinds.map((kind) => `${kind} ${namespace}/${name}`));
    expect(found.sort()).toEqual(wanted.sort());
  });

  it('has every ConfigMap, and names every Secret with its keys, that a pod refers to', () => {
    const keys = keysOfSecrets();
    for (const { pod } of owners) {
      for (const { kind, name, key } of references(pod)) {
        if (kind === 'ConfigMap') expect(ids).toContain(`ConfigMap ${namespace}/${name}`);
        else expect(key ? keys.get(name) : [...keys.keys()]).toContain(key ?? name);
      }
    }
  });

  it('names no Secret that no pod refers to', () => {
    const used = new Set([
      ...owners.flatMap(({ pod }) => references(pod).map(({ name }) => name)),
      ...ofKind('Issuer').map((issuer) => (issuer.spec as { ca: { secretName: string } }).ca.secretName),
    ]);
    const own = secrets.filter((secret) => !isOfClient(secret));
    expect(own.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
  });

  it('has every file of a Secret that a configuration or an environment names', () => {
    const keys = keysOfSecrets();
    for (const { object, pod } of owners) {
      const config = ofKind('ConfigMap').find(
        ({ metadata }) => metadata.name === `${object.metadata.name}-config`,
      );
      const texts = [
        config?.data?.['nats.conf'] ?? '',
        ...pod.containers.flatMap(({ env = [] }) => env.map(({ value = '' }) => value)),
      ];
      const named =
        texts
          .join('\n')
          .replaceAll('../', '/etc/')
          .match(/\/etc\/[\w-]+\/[\w.-]+/g) ?? [];
      const files = secretFiles(pod, pod.containers[0]!, keys);
      expect(named.length).toBeGreaterThan(0);
      expect(named.filter((path) => !files.has(path))).toEqual([]);
    }
  });

  it('has a service account for every pod, and a headless Service for every StatefulSet', () => {
    for (const { pod, spec } of owners) {
      expect(ids).toContain(`ServiceAccount ${namespace}/${pod.serviceAccountName}`);
      if (spec.serviceName) expect(ids).toContain(`Service ${namespace}/${spec.serviceName}`);
    }
  });

  it('has a pod with the right ports behind every Service', () => {
    for (const service of ofKind('Service')) {
      const { selector, ports = [] } = service.spec as ServiceSpec;
      // One pod of a StatefulSet has this label beside those of all.
      const { 'statefulset.kubernetes.io/pod-name': _, ...ofAll } = selector as Record<string, string>;
      const behind = owners.filter(({ labels }) => selects({ matchLabels: ofAll }, labels));
      expect(behind).toHaveLength(1);
      const open = portsOf(behind[0]!.pod);
      expect(ports.filter(({ targetPort, port }) => !open.includes(targetPort ?? port))).toEqual([]);
    }
  });

  it('probes ports that the container has', () => {
    for (const { pod } of owners) {
      const probed = [...JSON.stringify(pod.containers).matchAll(/"httpGet":\{[^}]*"port":("?)([\w-]+)\1/g)];
      for (const [, , port] of probed) expect(portsOf(pod).map(String)).toContain(port);
    }
  });

  it('selects pods that exist, by labels that are names and not hashes', () => {
    for (const { spec, labels } of owners) {
      expect(selects((spec as unknown as { selector: object }).selector, labels)).toBe(true);
      expect((spec as unknown as { selector: object }).selector).toEqual({
        matchLabels: { app: labels.app },
      });
    }
    for (const object of ofKind('Server', 'NetworkPolicy')) {
      expect(owners.filter(({ labels }) => selects(spec(object).podSelector, labels))).not.toEqual([]);
    }
    expect(texts.join()).not.toMatch(/cdk8s\.io|-c8[0-9a-f]{6}/);
  });

  it('has a Server for every port of every server, on a port that exists', () => {
    const servers = ofKind('Server').filter((server) => 'matchLabels' in spec(server).podSelector);
    for (const { pod, labels } of owners) {
      const guarded = servers
        .filter((server) => selects(spec(server).podSelector, labels))
        .map((s) => spec(s).port);
      expect(guarded).toEqual(
        pod.containers.flatMap(({ ports = [] }) => ports.map((port) => port.containerPort)),
      );
    }
  });

  it('has a Server and authentications behind every authorization', () => {
    for (const { targetRef, requiredAuthenticationRefs } of ofKind('AuthorizationPolicy').map(spec)) {
      for (const ref of [targetRef, ...requiredAuthenticationRefs]) {
        expect(ids).toContain(`${ref.kind} ${namespace}/${ref.name}`);
      }
      expect(requiredAuthenticationRefs).toHaveLength(1);
    }
    const used = ofKind('AuthorizationPolicy').flatMap((policy) => spec(policy).requiredAuthenticationRefs);
    expect(used.map(({ name }) => name).sort()).toEqual(
      ofKind('MeshTLSAuthentication', 'NetworkAuthentication')
        .map(({ metadata }) => metadata.name)
        .sort(),
    );
  });

  it('authenticates service accounts that exist here, or belong to somebody else', () => {
    const identities = ofKind('MeshTLSAuthentication').flatMap((object) => spec(object).identityRefs);
    const clientNamespaces = secrets.filter(isOfClient).map((secret) => secret.namespace);
    for (const { name, namespace: where } of identities) {
      if (where === namespace) expect(ids).toContain(`ServiceAccount ${namespace}/${name}`);
      else expect(['linkerd-multicluster', 'monitoring', ...clientNamespaces]).toContain(where);
    }
  });

  it('has an alert that knows how many certificates cert-manager is asked for', () => {
    for (const rules of ofKind('PrometheusRule')) {
      const { groups } = rules.spec as { groups: { rules: { alert?: string; expr: string }[] }[] };
      const unwatched = groups
        .flatMap((group) => group.rules)
        .find(({ alert }) => alert === 'NatsCertificatesUnwatched');
      const count = unwatched ? Number(/< (\d+)$/.exec(unwatched.expr)?.[1]) : 0;
      expect(count).toBe(ofKind('Certificate').length);
    }
  });

  it('takes no port out of the mesh, and gives nobody a role', () => {
    expect(texts.join()).not.toMatch(/skip-(inbound|outbound)-ports/);
    expect(ofKind('Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding', 'Secret')).toEqual([]);
  });
});

it('gives the same text every time', () => {
  for (const [, topology] of topologies) {
    const texts = () => [...synthesize(resolve(topology))].map(({ files }) => [...files]);
    expect(texts()).toEqual(texts());
  }
});
