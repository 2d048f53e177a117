import { MQTT } from '../../constructs/nats/server-ports.ts';
import { within } from '../../kube/timeout.ts';
import { certificateName, DOCTOR_USER } from '../../model/names.ts';
import { kubectl } from '../../terminal/kubectl.ts';
import { clusterFolder } from '../../terminal/output-folder.ts';
import { attempt } from '../attempt.ts';
import { orOk, problem, type Verdict } from '../finding.ts';
import { handshake, type Shown } from '../handshake.ts';
import type { Target } from '../target.ts';
import { validity } from '../validity.ts';

/** Whether each server shows the issued certificate: one that has not read its files again shows an older one. */
export async function served(target: Target): Promise<Verdict[]> {
  const listeners = listenersOf(target);
  const all = await Promise.all(
    (await target.servers()).flatMap((pod) =>
      listeners.map((listener) =>
        attempt(async () => judge(pod, listener, await shown(target, pod, listener), target)),
      ),
    ),
  );
  if (all.length === 0) return [];
  return orOk(
    all.flat(),
    target.issued ? 'the servers show what is issued' : 'what the servers show is valid',
  );
}

interface TlsListener {
  readonly port: number;
  /** Whether the server greets before TLS. */
  readonly greets: boolean;
  /** Name of the certificate that it shows. */
  readonly shows: string;
  /** Name of the certificate that it is shown, so that it logs no refusal. */
  readonly wants: string;
}

function listenersOf({ name, wanted: { server, cluster } }: Target): TlsListener[] {
  const { port, leafnodes } = server.conf;
  const own = { shows: certificateName(name, server.name), wants: certificateName(name, DOCTOR_USER) };
  const mqtt = cluster.role === 'leaf' ? cluster.mqtt : undefined;
  return [
    ...(server.clientTls ? [{ ...own, port: Number(port), greets: true }] : []),
    ...(server.leafTls
      ? [{ ...own, port: Number((leafnodes as { port: number }).port), greets: false }]
      : []),
    // The doctor is no device, and ends before it would have to sign in as one.
    ...(mqtt?.certificate === undefined
      ? []
      : mqtt.devices.slice(0, 1).map((device) => ({
          port: MQTT.port,
          greets: false,
          shows: mqtt.certificate!,
          wants: certificateName(name, device.name),
        }))),
  ];
}

function shown(target: Target, pod: string, { port, greets, wants }: TlsListener): Promise<Shown> {
  const { credentials } = target.issued ?? {};
  const identity = credentials?.certificate(wants);
  return target.through(pod, port, (local) =>
    within(
      target.kube.patience,
      `${pod}'s port ${port}`,
      handshake({ port: local, greets, ca: credentials?.natsCa, identity }),
    ),
  );
}

function judge(
  pod: string,
  { port, shows }: TlsListener,
  { certificate, distrust }: Shown,
  target: Target,
): Verdict[] {
  const { issued, now, name } = target;
  const where = `${pod} on port ${port}`;
  const until = new Date(certificate.validTo).toISOString();
  const { certificates } = target.wanted.cluster;
  const isMade = certificates.kind === 'cert-manager';
  const look = kubectl(target.context, target.wanted.namespace, 'describe certificates');
  const reload = `apply ${clusterFolder(name)}; where its Secrets are as issued, see the log of ${pod}'s config-reloader`;
  const own = issued?.inventory.issued.get(shows)?.certificate;
  const dated = isMade
    ? // It is due a good while before: whatever is left then, nobody has renewed it.
      validity(
        `the certificate that ${where} shows`,
        certificate,
        now,
        `see why cert-manager has not renewed it: ${look}`,
        (certificates.renewBefore / 24) * (2 / 3),
      )
    : validity(`the certificate that ${where} shows`, certificate, now, reload);
  if (isMade && distrust)
    return [
      ...dated,
      problem(
        `${where} shows a certificate that the issued NATS CA does not vouch for (${distrust})`,
        'whoever checks it refuses the connection',
        `see who made it: ${look}`,
      ),
    ];
  if (own && own.fingerprint256 !== certificate.fingerprint256) {
    const whose = distrust ? `, which the issued NATS CA does not vouch for (${distrust})` : '';
    return [
      ...dated,
      problem(
        `${where} shows another certificate than the issued one: it ends at ${until}${whose}`,
        'the server has not read its files again, or never got them',
        reload,
      ),
    ];
  }
  return dated;
}
