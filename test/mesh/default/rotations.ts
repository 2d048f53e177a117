import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import * as mesh from '../../support/mesh/world.ts';
import { until } from '../../support/until.ts';

const { kubectl, sh } = mesh;
const MINUTE = 60_000;

const BROKER = ['vm-a', 'nats-broker'] as const;
const LEAF = ['vm-b', 'nats-leaf'] as const;
type Server = typeof BROKER | typeof LEAF;

/** What may be lost is a matter of one or two seconds, which a busy machine may stop for, so that it gets a second try. */
const timed = { retry: 1 };

/** Whatever is replaced while messages flow, by the steps that `npm run certs` prints. */
export function rotations(project: () => mesh.Project) {
  const follow = async (words: string, servers: readonly Server[]) => {
    const since = new Date(Date.now() - 1_000).toISOString();
    project().follow(project().certs(words));
    for (const [context, server] of servers) await mesh.serversTook(context, server, since);
  };
  const password = (name: string): string =>
    JSON.parse(readFileSync(join(project().folder, 'certs', 'issued', 'passwords.json'), 'utf8'))[name];
  /** Whether a server takes a password from the pod whose user has it. */
  const accepted = (context: string, deployment: string, word: string) =>
    sh(`kubectl --context ${context} -n nats-system exec deploy/${deployment} -c ${deployment} -- sh -c \
'export NATS_USER=natsuser NATS_PASSWORD=${word}; nats --timeout 2s rtt 1 2>&1 || true'`);

  it.each([
    ['publisher', 'vm-a', 'nats-publisher', BROKER, 3],
    ['subscriber', 'vm-b', 'nats-subscriber', LEAF, 6],
  ] as const)('loses next to nothing when the password of the %s is rotated', timed, async (...row) => {
    const [, context, deployment, server, atMost] = row;
    const old = password(`${context}/natsuser`);
    expect(accepted(context, deployment, old)).not.toMatch(/authorization/i);
    const lost = await mesh.lostDuring('vm-b', () => follow(`rotate password ${context}/natsuser`, [server]));
    expect(accepted(context, deployment, old)).toMatch(/authorization/i);
    expect(lost).toBeLessThanOrEqual(atMost);
  });

  it('loses next to nothing when the password of the leaf is rotated', timed, async () => {
    const words = 'rotate password vm-a/leaf-vm-b';
    expect(await mesh.lostDuring('vm-b', () => follow(words, [BROKER, LEAF]))).toBeLessThanOrEqual(3);
    await project().healthy();
  });

  it.each(['', ' --confirmed bundle', ' --confirmed switch'])(
    'loses nothing when the NATS CA is replaced: rotate nats-ca%s',
    async (confirmed) => {
      const stage = () => follow(`rotate nats-ca${confirmed}`, [BROKER, LEAF]);
      expect(await mesh.lostDuring('vm-b', stage)).toBe(0);
    },
  );

  it("loses nothing when the issuer of a cluster's Linkerd is rotated", async () => {
    expect(await mesh.lostDuring('vm-b', () => follow('rotate issuer vm-b', []))).toBe(0);
  });

  it('shuts a leaf out that is revoked, and lets it in again when it is reinstated', async () => {
    const since = new Date(Date.now() - 1_000).toISOString();
    await follow('revoke leaf vm-b', []);
    await until(
      'the broker refuses it',
      () =>
        kubectl('vm-a', 'logs', 'nats-broker-0', '-c', 'nats', `--since-time=${since}`).includes(
          'authentication error - User "leaf-vm-b"',
        ),
      2 * MINUTE,
    );
    const last = mesh.received('vm-b').at(-1) ?? 0;
    await sleep(10_000);
    expect(mesh.received('vm-b').at(-1)).toBeLessThanOrEqual(last);
    await follow('reinstate leaf vm-b', [BROKER, LEAF]);
    await mesh.messagesFlow('vm-b');
    await project().healthy();
  });
}
