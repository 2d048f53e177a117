import { expired } from './credentials.ts';
import type { Row } from './row.ts';
import type { AttackScene, Login } from './scene.ts';

/** Who poses as the broker, and whether a leaf tells him its password. */
export function impostors(): Row[] {
  const row = (
    who: string,
    told: RegExp,
    logged: RegExp,
    identity: (s: AttackScene) => Login['identity'],
  ): Row => ({
    ...{ at: 'leaf, its broker', who, does: "poses at vm-a's address", admitted: false, told, logged },
    act: (s) => s.pose(identity(s)),
  });
  const nothing = /^""$/;
  return [
    // All that it hears is the beginning of a TLS handshake.
    row(
      'a broker in plain text',
      /^"\\u0016\\u0003\\u0001/,
      /closed: TLS Handshake Failure/,
      () => undefined,
    ),
    row("another CA's certificate", nothing, /x509: certificate signed by unknown authority/, (s) =>
      s.credentials.fromAnotherCa('1.1.1.1'),
    ),
    row("signed by Linkerd's issuer", nothing, /x509: certificate signed by unknown authority/, (s) =>
      s.credentials.signedBy('cluster-a-issuer', '1.1.1.1', { purpose: 'serverAuth' }),
    ),
    row(
      'certificate for another address',
      nothing,
      /x509: certificate is valid for 9\.9\.9\.9, not 1\.1\.1\.1/,
      (s) => s.credentials.signedBy('nats-ca', '9.9.9.9', { purpose: 'serverAuth' }),
    ),
    row('expired certificate', nothing, /x509: certificate has expired/, (s) =>
      s.credentials.signedBy('nats-ca', '1.1.1.1', { purpose: 'serverAuth', ...expired }),
    ),
    row(
      "right address, a client's purpose",
      nothing,
      /x509: certificate specifies an incompatible key usage/,
      (s) => s.credentials.signedBy('nats-ca', '1.1.1.1'),
    ),
    row("another leaf's certificate", nothing, /x509: cannot validate certificate for 1\.1\.1\.1/, (s) =>
      s.credentials.minted('vm-c-nats-leaf'),
    ),
    {
      // Shows that the impostor would hear a password if it were told one.
      ...row(
        "the broker's stolen certificate and key",
        /\\"user\\":\\"leaf-vm-/,
        /JetStream using domains/,
        (s) => s.credentials.minted('vm-a-nats-broker'),
      ),
      admitted: true,
    },
  ];
}
