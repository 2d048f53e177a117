import { Buffer } from 'node:buffer';
import { X509Certificate } from 'node:crypto';
import { trustedRoots } from '../../certs/store/roots.ts';
import { certificateBlocks } from '../../certs/x509/pem.ts';
import { parseCertificate } from '../../certs/x509/read-certificate.ts';
import { LINKERD } from '../../constructs/mesh/linkerd.ts';
import type { KubeObject } from '../../kube/kube-client.ts';
import { ok, problem, type Verdict, warning } from '../finding.ts';
import type { Target } from '../target.ts';
import { validity } from '../validity.ts';

const ROOTS = 'linkerd-identity-trust-roots';
const ISSUER = 'linkerd-identity-issuer';

/** Whether Linkerd trusts the issued anchor and nothing else, signs with the issued issuer, and the proxies agree. */
export async function linkerdIdentity(target: Target): Promise<Verdict[]> {
  const { kube } = target;
  const [config, secret] = await Promise.all([
    kube.read('v1', 'ConfigMap', ROOTS, LINKERD),
    kube.read('v1', 'Secret', ISSUER, LINKERD),
  ]);
  // Whether Linkerd is there at all is another check's business.
  if (!config && !secret) return [];
  const trusted = roots(config?.data?.['ca-bundle.crt'] ?? '');
  const verdicts = [
    ...judgeRoots(trusted, target),
    ...judgeIssuer(secret, target),
    ...(await target.pods()).flatMap((pod) => judgeProxy(pod, trusted)),
  ];
  return verdicts.length > 0 ? verdicts : [ok(target.issued ? 'as issued' : 'its certificates are valid')];
}

const roots = (pem: string) => certificateBlocks(pem).map((block) => new X509Certificate(block));

const named = (certificates: readonly X509Certificate[]) =>
  certificates.map(({ subject }) => subject.replaceAll('\n', ', ')).join('; ');

const notIn = (these: readonly X509Certificate[], those: readonly X509Certificate[]) =>
  these.filter((one) => !those.some(({ fingerprint256 }) => fingerprint256 === one.fingerprint256));

function judgeRoots(
  trusted: readonly X509Certificate[],
  { issued, now, context, wanted: { cluster } }: Target,
): Verdict[] {
  const upgrade = `linkerd --context ${context} upgrade with the anchors, as docs/certificates.md says`;
  const dated = trusted.flatMap((root) => validity(`the trust root ${named([root])}`, root, now, upgrade));
  if (!issued) return dated;
  const wanted = roots(trustedRoots(cluster.anchor, issued.inventory.issued));
  const foreign = notIn(trusted, wanted);
  const missing = notIn(wanted, trusted);
  return [
    ...dated,
    ...(foreign.length > 0
      ? [
          problem(
            `Linkerd trusts a root that was not issued for ${cluster.name}: ${named(foreign)}`,
            'whoever has its key can pose as every workload of this cluster',
            upgrade,
          ),
        ]
      : []),
    ...(missing.length > 0
      ? [
          problem(
            `Linkerd does not trust the issued root: ${named(missing)}`,
            'proxies refuse what it has signed, and a gateway between clusters cannot work',
            upgrade,
          ),
        ]
      : []),
  ];
}

function judgeIssuer(
  secret: KubeObject | undefined,
  { issued, now, name, context, wanted }: Target,
): Verdict[] {
  const upgrade = `npm run certs -- rotate issuer ${name}, which prints the lines that apply it`;
  // cert-manager keeps it under the other name.
  const data = secret?.data?.['crt.pem'] ?? secret?.data?.['tls.crt'] ?? '';
  const issuer = parseCertificate(Buffer.from(data, 'base64').toString());
  if (!issuer) {
    const what = secret ? `the Secret ${ISSUER} holds no certificate` : `the Secret ${ISSUER} is missing`;
    return [problem(what, 'linkerd-identity can sign nothing, and the mesh ends within a day', upgrade)];
  }
  const dated = validity("Linkerd's issuer", issuer, now, upgrade);
  const own = issued?.inventory.issued.get(wanted.cluster.issuer)?.certificate;
  if (!own || own.fingerprint256 === issuer.fingerprint256) return dated;
  return [
    ...dated,
    problem(
      `Linkerd signs with another issuer than the issued ${wanted.cluster.issuer}.crt, one that ends at ${new Date(issuer.validTo).toISOString()}`,
      'what npm run certs says of it, such as when it ends, is not true of this cluster',
      `linkerd --context ${context} upgrade with that issuer, as npm run certs prints it`,
    ),
  ];
}

/** A proxy gets its roots when its pod is made, so that a pod may be older than the present ones. */
function judgeProxy({ metadata, spec }: KubeObject, trusted: readonly X509Certificate[]): Verdict[] {
  const containers: KubeObject[] = [...(spec.initContainers ?? []), ...spec.containers];
  const anchors = containers
    .flatMap(({ env }) => (env ?? []) as { name: string; value?: string }[])
    .find(({ name }) => name === 'LINKERD2_PROXY_IDENTITY_TRUST_ANCHORS')?.value;
  if (!anchors) return [];
  const own = roots(anchors);
  if (notIn(own, trusted).length + notIn(trusted, own).length === 0) return [];
  return [
    warning(
      `${metadata.name} was made under other trust roots than Linkerd's present ones`,
      'its proxy refuses what a new root has signed, and trusts what an old one has',
      'restart the workload',
    ),
  ];
}
