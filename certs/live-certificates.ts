/** Certificates that cert-manager has made, as the clusters show them. No Secret is read. */
import { chooseClusters } from '../kube/choose-clusters.ts';
import { NoCredentials, withCredentials } from '../kube/credentials.ts';
import { KubeClient, KubeError, type KubeObject, NotSignedIn } from '../kube/kube-client.ts';
import { configFor, loadKubeconfig } from '../kube/kubeconfig.ts';
import type { Model } from '../model/model.ts';
import type { CertificateReport } from './check-report.ts';
import { delegatedCertificates, type PlannedCertificate } from './plan.ts';
import { DAY } from './store/transaction.ts';

const OWNER = 'npm run certs -- check';

/** Milliseconds that a request may take, and that a person has to sign in to the cluster. */
const PATIENCE = 5_000;
const SIGN_IN_PATIENCE = 60_000;

export interface LiveCertificates {
  readonly certificates: readonly CertificateReport[];
  /** One sentence each. */
  readonly problems: readonly string[];
}

/**
 * Asks each cluster where cert-manager makes certificates.
 * @param contexts - as `<cluster>=<context>`. @default - each is called as its cluster
 * @throws InvalidInput when a context cannot be used
 */
export async function liveCertificates(
  model: Model,
  contexts: readonly string[],
  now: Date,
): Promise<LiveCertificates> {
  const kubeconfig = loadKubeconfig(process.env, OWNER);
  const made = delegatedCertificates(model);
  const chosen = made.size > 0 ? chooseClusters(model, [...made.keys()], contexts, OWNER) : [];
  const all = await Promise.all(
    chosen.map(async (choice): Promise<LiveCertificates> => {
      const config = configFor(kubeconfig, choice, OWNER);
      try {
        const kube = new KubeClient(await withCredentials(config, SIGN_IN_PATIENCE), PATIENCE);
        const found = await kube.list('cert-manager.io/v1', 'Certificate', model.namespace);
        return judged(choice.cluster, found, made.get(choice.cluster)!, model.namespace, now);
      } catch (error) {
        if (error instanceof KubeError || error instanceof NoCredentials || error instanceof NotSignedIn)
          return { certificates: [], problems: [`${choice.cluster}: could not be asked; ${error.message}.`] };
        throw error;
      }
    }),
  );
  return {
    certificates: all.flatMap(({ certificates }) => certificates),
    problems: all.flatMap(({ problems }) => problems),
  };
}

function judged(
  cluster: string,
  found: readonly KubeObject[] | undefined,
  made: readonly PlannedCertificate[],
  namespace: string,
  now: Date,
): LiveCertificates {
  if (!found) return { certificates: [], problems: [`${cluster}: cert-manager is not installed there.`] };
  const certificates: CertificateReport[] = [];
  const problems: string[] = [];
  for (const { commonName, role } of made) {
    const object = found.find(({ spec }) => spec?.commonName === commonName);
    const { notBefore, notAfter, renewalTime, conditions = [] } = object?.status ?? {};
    const name = `${cluster}/${object?.metadata.name ?? commonName}`;
    const ready = conditions.find(({ type }: { type: string }) => type === 'Ready');
    if (!notAfter) {
      problems.push(
        `${name}: cert-manager has not made it${ready?.message ? `; it says: ${ready.message}` : ''}.`,
      );
      continue;
    }
    // cert-manager begins at that time and is done within seconds, unless something is in its way.
    if (renewalTime && Date.parse(renewalTime) + DAY < now.getTime())
      problems.push(
        `${name}: cert-manager was to renew it on ${renewalTime.slice(0, 10)}, and has not${ready?.message ? `; it says: ${ready.message}` : ''}.`,
      );
    certificates.push({
      ...{ name, role, subject: `CN=${commonName}`, signedBy: 'cert-manager', from: notBefore, to: notAfter },
      daysLeft: Math.floor((Date.parse(notAfter) - now.getTime()) / DAY),
      carriedBy: [`${cluster}: Secret ${namespace}/${object!.spec.secretName}`],
    });
  }
  return { certificates, problems };
}
