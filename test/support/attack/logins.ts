import { principals } from './principals.ts';
import { type Row, refused } from './row.ts';
import type { AttackScene, Login } from './scene.ts';

/** Good certificates with names and passwords that do not fit. */
export function logins(): Row[] {
  const onBroker = principals.flatMap((principal) => {
    const { at, certificate, user, otherCertificate, other, foreignCertificate, foreign } = principal;
    const row = (who: string, does: string, change: (s: AttackScene) => Login, named: string): Row => ({
      ...{ at, who, does, admitted: false, told: principal.refusal, logged: refused(named) },
      act: (s) => s[principal.byServer]({ ...s.login(certificate, user), ...change(s) }),
    });
    // A nats-server would not send an empty password.
    const without = (what: string, less: Login): Row => ({
      ...{ at, who: user, does: `gives ${what}`, admitted: false, logged: refused(user) },
      told: /-ERR 'Authorization Violation'/,
      act: (s) => s[principal.byHand]({ ...s.login(certificate, user), ...less }),
    });
    return [
      row(user, 'gives a wrong password', () => ({ pass: 'wrong' }), user),
      row(
        user,
        `gives the password of ${other}`,
        (s) => ({ pass: s.credentials.password(`vm-a/${other}`) }),
        user,
      ),
      row(user, `gives name and password of ${other}`, (s) => s.login(certificate, other), user),
      row(
        user,
        `shows the certificate of ${other}`,
        (s) => ({ identity: s.credentials.minted(otherCertificate) }),
        other,
      ),
      row(user, 'gives name and password of sys', (s) => s.login(certificate, 'sys'), user),
      row(foreign, 'dials the wrong listener', (s) => s.login(foreignCertificate, foreign), foreign),
      row(
        'nobody',
        'shows a good certificate',
        (s) => ({ identity: s.credentials.signedBy('nats-ca', 'nobody') }),
        user,
      ),
      without('an empty password', { pass: '' }),
      without('no password', { pass: undefined }),
      without('neither name nor password', { user: undefined, pass: undefined }),
    ];
  });
  return [...onBroker, ...onLeaf()];
}

/** The leaf's own listener is in plain text: the mesh encrypts, and NATS asks for user and password. */
function onLeaf(): Row[] {
  const row = (who: string, does: string, login: (s: AttackScene) => Login, logged = refused(who)): Row => ({
    ...{ at: 'leaf, clients', who, does, admitted: false, logged },
    told: /-ERR 'Authorization Violation'/,
    act: (s) => s.leafClient(login(s)),
  });
  const user = 'natsuser';
  const password = (s: AttackScene, of: string) => s.credentials.password(of);
  return [
    row('nobody', 'gives neither name nor password', () => ({}), /authentication error\n/),
    row(user, 'gives a wrong password', () => ({ user, pass: 'wrong' })),
    row(user, 'gives an empty password', () => ({ user, pass: '' })),
    row(user, 'gives the password of sys', (s) => ({ user, pass: password(s, 'vm-b/sys') })),
    row(user, 'gives its password of vm-a', (s) => ({ user, pass: password(s, 'vm-a/natsuser') })),
    row('doctor', 'gives its password of vm-a', (s) => ({
      user: 'doctor',
      pass: password(s, 'vm-a/doctor'),
    })),
    row('leaf-vm-b', 'gives its password of vm-a', (s) => ({
      user: 'leaf-vm-b',
      pass: password(s, 'vm-a/leaf-vm-b'),
    })),
    {
      ...{ at: 'leaf, clients', who: user, does: 'insists on TLS', admitted: false },
      told: /wrong version number/,
      act: (s) => s.leafClient({ user, pass: password(s, 'vm-b/natsuser') }, { tls: 'upgrade' }),
    },
  ];
}
