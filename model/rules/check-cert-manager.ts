import type { CertManager } from '../certificates.ts';
import { type Place, refuse, shown } from '../checks.ts';
import { isSubdomain } from './qualified-name.ts';

export const NOT_AN_ISSUER =
  "is not the name of an issuer; use lower-case letters, digits, '-' and '.', such as vault";
export const NOT_A_GROUP = 'is not an API group; use for example awspca.cert-manager.io';
export const NOT_HOURS = 'is not a number of hours; use a whole number and h, such as 2160h for 90 days';

/** Who makes a cluster's certificates. */
export function checkCertManager(
  within: (property: string) => Place,
  certificates: CertManager | undefined,
): void {
  if (certificates === undefined) return;
  const { issuerRef, duration = '2160h', renewBefore = '720h' } = certificates;
  if (issuerRef && !isSubdomain(issuerRef.name))
    refuse(within('issuerRef.name'), `${shown(issuerRef.name)} ${NOT_AN_ISSUER}`);
  if (issuerRef?.group !== undefined && !isSubdomain(issuerRef.group))
    refuse(within('issuerRef.group'), `${shown(issuerRef.group)} ${NOT_A_GROUP}`);
  for (const [property, value] of Object.entries({ duration, renewBefore }))
    if (!/^[1-9]\d{0,5}h$/.test(value)) refuse(within(property), `${shown(value)} ${NOT_HOURS}`);
  const [lasts, before] = [Number.parseInt(duration, 10), Number.parseInt(renewBefore, 10)];
  if (lasts <= before)
    refuse(
      within('renewBefore'),
      `${shown(renewBefore)} is not less than the ${duration} that a certificate lasts, so that it would be renewed without end; use a third of it`,
    );
}
