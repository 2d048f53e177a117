import { expired, notYetValid } from './credentials.ts';
import { principals } from './principals.ts';
import type { Row } from './row.ts';
import type { AttackScene, Login } from './scene.ts';

/** By hand, because a nats-server keeps a certificate to itself that the other side's CA did not sign. */
export function certificates(): Row[] {
  return principals.flatMap(({ at, certificate, user, byHand }) => {
    const row = (
      shows: string,
      told: RegExp,
      logged: RegExp,
      identity: (s: AttackScene) => Login['identity'],
    ): Row => ({
      ...{ at, who: user, does: `shows ${shows}`, admitted: false, told, logged },
      act: (s) => s[byHand]({ ...s.login(certificate, user), identity: identity(s) }),
    });
    const unknown = /x509: certificate signed by unknown authority/;
    const dated = /x509: certificate has expired or is not yet valid: current time \S+ is/;
    const usage = /x509: certificate specifies an incompatible key usage/;
    return [
      {
        ...{ at, who: user, does: 'dials without TLS', admitted: false },
        // The server takes it for a health check: a client's reason is only in the list of closed connections.
        ...(byHand === 'client'
          ? { told: /"reason": "TLS Handshake Failure"/ }
          : { logged: /Leafnode connection closed: TLS Handshake Failure/ }),
        act: (s: AttackScene) => s[byHand](s.login(certificate, user), { tls: 'none' as const }),
      },
      row(
        'no certificate',
        /alert certificate required/,
        /tls: client didn't provide a certificate/,
        () => undefined,
      ),
      row("another CA's certificate", /alert unknown ca/, unknown, (s) => s.credentials.fromAnotherCa(user)),
      row("the certificate of Linkerd's issuer", /alert unknown ca/, unknown, (s) =>
        s.credentials.minted('cluster-a-issuer'),
      ),
      row("a certificate that Linkerd's issuer signed", /alert unknown ca/, unknown, (s) =>
        s.credentials.signedBy('cluster-a-issuer', user),
      ),
      row('an expired certificate', /alert certificate expired/, new RegExp(`${dated.source} after`), (s) =>
        s.credentials.signedBy('nats-ca', user, expired),
      ),
      row(
        'a certificate of tomorrow',
        /alert certificate expired/,
        new RegExp(`${dated.source} before`),
        (s) => s.credentials.signedBy('nats-ca', user, notYetValid),
      ),
      row('a certificate for servers', /alert bad certificate/, usage, (s) =>
        s.credentials.signedBy('nats-ca', user, { purpose: 'serverAuth' }),
      ),
      row("the broker's own certificate", /alert bad certificate/, usage, (s) =>
        s.credentials.minted('vm-a-nats-broker'),
      ),
    ];
  });
}
