import { InvalidInput } from '../checks.ts';
import type { Model } from '../model.ts';
import { RESERVED_CERTIFICATES } from '../names.ts';

/** Refuses two certificates of one name: they are files of one folder. */
export function checkCertificates({ clusters, broker, leaves }: Model): void {
  const seen = new Set(RESERVED_CERTIFICATES);
  const names = [
    ...clusters.map(({ issuer }) => issuer),
    broker.certificate,
    ...leaves.flatMap(({ mqtt }) => mqtt?.certificate ?? []),
    ...clusters.flatMap(({ users }) => users.flatMap(({ certificate }) => certificate ?? [])),
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
