import { InvalidInput, type Place, refuse, shown } from '../checks.ts';
import type { Model } from '../model.ts';
import { ANCHOR, anchorNames, certificateName, RESERVED_CERTIFICATES } from '../names.ts';
import { serverCertificates } from '../sites.ts';

/**
 * Refuses a name of a client or device that would make its certificate the file of a root.
 * @param such - a name that may be used instead
 */
export function checkCertificateName(place: Place, cluster: string, name: string, such: string): void {
  const file = certificateName(cluster, name);
  if (RESERVED_CERTIFICATES.has(file))
    refuse(
      place,
      `${shown(name)} makes ${file} the name of its certificate, which a root has; use a name such as ${such}`,
    );
}

/** Refuses two certificates of one name: they are files of one folder. */
export function checkCertificates({ clusters, broker, sites, leaves }: Model): void {
  const seen = new Set(RESERVED_CERTIFICATES);
  const names = [
    // The one that is shared is among the reserved.
    ...clusters.flatMap(({ anchor }) => (anchor === ANCHOR ? [] : anchorNames(anchor))),
    ...clusters.map(({ issuer }) => issuer),
    ...sites.flatMap(serverCertificates),
    ...leaves.flatMap(({ mqtt }) => mqtt?.certificate ?? []),
    ...clusters.flatMap(({ name, users }) =>
      users.flatMap(({ kind, certificate = [] }) =>
        // Every site knows the leaves, which have one certificate for all of them.
        kind === 'leaf' && name !== broker.name ? [] : certificate,
      ),
    ),
  ];
  for (const name of names) {
    if (seen.has(name)) {
      throw new InvalidInput(
        `topology: two certificates would be called '${name}.crt'; rename the cluster, workload or issuer that one of them is named after.`,
      );
    }
    seen.add(name);
  }
}
