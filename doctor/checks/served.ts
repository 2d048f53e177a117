import { certificateName, DOCTOR_USER } from '../../model/names.ts';
import { attempt } from '../attempt.ts';
import { orOk, problem, type Verdict } from '../finding.ts';
import { handshake, type Shown } from '../handshake.ts';
import type { Patient } from '../patient.ts';
import { validity } from '../validity.ts';
import { within } from '../within.ts';

/** Whether each server shows the issued certificate: one that has not read its files again shows an older one. */
export async function served(patient: Patient): Promise<Verdict[]> {
  const { server } = patient.wanted;
  const { port, leafnodes } = server.conf;
  const listeners = [
    ...(server.clientTls ? [{ port: Number(port), greets: true }] : []),
    ...(server.leafTls ? [{ port: Number((leafnodes as { port: number }).port), greets: false }] : []),
  ];
  const all = await Promise.all(
    (await patient.servers()).flatMap((pod) =>
      listeners.map((listener) =>
        attempt(async () => judge(pod, listener.port, await shown(patient, pod, listener), patient)),
      ),
    ),
  );
  if (all.length === 0) return [];
  return orOk(
    all.flat(),
    patient.issued ? 'the servers show what is issued' : 'what the servers show is valid',
  );
}

function shown(
  patient: Patient,
  pod: string,
  { port, greets }: { port: number; greets: boolean },
): Promise<Shown> {
  const { credentials } = patient.issued ?? {};
  const identity = credentials?.certificate(certificateName(patient.name, DOCTOR_USER));
  return patient.through(pod, port, (local) =>
    within(
      patient.kube.patience,
      `${pod}'s port ${port}`,
      handshake({ port: local, greets, ca: credentials?.natsCa, identity }),
    ),
  );
}

function judge(pod: string, port: number, { certificate, distrust }: Shown, patient: Patient): Verdict[] {
  const { issued, now, wanted, name } = patient;
  const where = `${pod} on port ${port}`;
  const until = new Date(certificate.validTo).toISOString();
  const reload = `apply dist/${name}; where its Secrets are as issued, see the log of ${pod}'s config-reloader`;
  const own = issued?.stock.issued.get(certificateName(name, wanted.server.name))?.certificate;
  const dated = validity(`the certificate that ${where} shows`, certificate, now, reload);
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
