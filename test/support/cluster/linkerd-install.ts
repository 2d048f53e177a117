import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANCHOR } from '../../../model/names.ts';
import type { Cluster } from '../../../model/topology.ts';
import type { ApiObject } from './api-client.ts';

/** What somebody who installs Linkerd on one cluster chooses. */
export interface LinkerdInstall {
  /** Tag of its images, such as `edge-26.8.3`. */
  readonly version: string;
  /** Trust anchors, PEM without a line end at the end, as Linkerd keeps them. */
  readonly anchors: string;
  /** Certificate and key of the identity issuer, PEM. */
  readonly issuer: { readonly certificate: string; readonly key: string };
}

/** An installation with the minted files of a cluster. */
export function linkerdInstall(
  { issuer }: Pick<Cluster, 'issuer'>,
  issued: string,
  version: string,
): LinkerdInstall {
  const file = (name: string) => readFileSync(join(issued, name), 'utf8').trim();
  return {
    version,
    anchors: file(`${ANCHOR}.crt`),
    issuer: { certificate: file(`${issuer}.crt`), key: file(`${issuer}.key`) },
  };
}

const NAMESPACE = 'linkerd';

/** The containers of the control plane's Deployments, by component. */
const COMPONENTS: Readonly<Record<string, readonly string[]>> = {
  identity: ['identity'],
  destination: ['destination', 'sp-validator', 'policy'],
  'proxy-injector': ['proxy-injector'],
};

/**
 * What the API shows of an installation of Linkerd, under the names and keys of its chart `linkerd-control-plane`.
 * No control plane runs.
 */
export function linkerdObjects({ version, anchors, issuer }: LinkerdInstall): ApiObject[] {
  const metadata = (name: string, component: string) => ({
    name,
    namespace: NAMESPACE,
    labels: labels(component),
    annotations: { 'linkerd.io/created-by': `linkerd/cli ${version}` },
  });
  const values = {
    linkerdVersion: version,
    clusterDomain: 'cluster.local',
    identityTrustDomain: 'cluster.local',
    identityTrustAnchorsPEM: anchors,
    identity: { issuer: { scheme: 'linkerd.io/tls', tls: { crtPEM: issuer.certificate } } },
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: NAMESPACE,
        labels: { 'linkerd.io/is-control-plane': 'true', 'linkerd.io/control-plane-ns': NAMESPACE },
        annotations: { 'linkerd.io/inject': 'disabled' },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata('linkerd-config', 'controller'),
      // JSON is YAML, which it is in an installation.
      data: { values: JSON.stringify(values) },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata('linkerd-identity-trust-roots', 'identity'),
      data: { 'ca-bundle.crt': `${anchors}\n` },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata('linkerd-identity-issuer', 'identity'),
      stringData: { 'crt.pem': issuer.certificate, 'key.pem': issuer.key },
    },
    ...Object.entries(COMPONENTS).map(([component, containers]) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        ...metadata(`linkerd-${component}`, component),
        labels: {
          ...labels(component),
          'app.kubernetes.io/name': component,
          'app.kubernetes.io/part-of': 'Linkerd',
          'app.kubernetes.io/version': version,
        },
      },
      spec: {
        selector: { matchLabels: labels(component) },
        template: {
          metadata: { labels: labels(component) },
          spec: { containers: containers.map((name) => ({ name, image: imageOf(name, version) })) },
        },
      },
    })),
  ];
}

const labels = (component: string) => ({
  'linkerd.io/control-plane-component': component,
  'linkerd.io/control-plane-ns': NAMESPACE,
});

/** Since 2.12 the policy controller is an image of its own; the others are commands of one. */
const imageOf = (container: string, version: string) =>
  `cr.l5d.io/linkerd/${container === 'policy' ? 'policy-controller' : 'controller'}:${version}`;
