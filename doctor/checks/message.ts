import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Issued } from '../../certs/read-issued.ts';
import { KubeError } from '../../kube/kube-client.ts';
import { within } from '../../kube/timeout.ts';
import { certificateName, DOCTOR_SUBJECTS, DOCTOR_USER, passwordName } from '../../model/names.ts';
import { attempt } from '../attempt.ts';
import { type Finding, ok, problem, type Verdict } from '../finding.ts';
import { inTurn } from '../in-turn.ts';
import type { Target } from '../target.ts';

/** Milliseconds between two messages. */
const PAUSE = 100;

/** Leaves that are listened on at a time. */
const AT_ONCE = 16;

const said = ({ name }: Target, verdicts: readonly Verdict[]): Finding[] =>
  verdicts.map((verdict) => ({ cluster: name, check: 'message', ...verdict }));

/** Whether a message that is published on the broker is heard on every leaf, and how long it takes. */
export async function message(broker: Target, leaves: readonly Target[]): Promise<Finding[]> {
  let heard: readonly Finding[] = [];
  const onBroker = await attempt(async () => {
    const sender = await signIn(broker);
    try {
      heard = await send(sender, await roundTrip(sender, broker), leaves);
    } finally {
      await sender.close();
    }
    return [];
  });
  return [...said(broker, onBroker), ...heard];
}

/**
 * Sends messages until every leaf has heard one or given up. A leaf's interest takes a moment to reach the broker, so
 * that the first messages may go nowhere.
 */
async function send(sender: NatsConnection, toBroker: number, leaves: readonly Target[]): Promise<Finding[]> {
  const subject = DOCTOR_SUBJECTS.replace('>', randomUUID());
  const sent = new Map<string, number>();
  let ended = false;
  const publishing = (async () => {
    for (let number = 0; !ended; number += 1) {
      sent.set(String(number), performance.now());
      sender.publish(subject, String(number));
      await sleep(PAUSE);
    }
    // Where the broker goes meanwhile the leaves hear nothing, which is what they say.
  })().catch(() => {});
  const heard = await inTurn(AT_ONCE, leaves, async (leaf) =>
    said(leaf, await attempt(() => hear(leaf, subject, sent, toBroker))),
  );
  ended = true;
  await publishing;
  return heard.flat();
}

async function hear(
  leaf: Target,
  subject: string,
  sent: ReadonlyMap<string, number>,
  toBroker: number,
): Promise<Verdict[]> {
  const connection = await signIn(leaf);
  try {
    const way = await roundTrip(connection, leaf);
    const subscription = connection.subscribe(subject, { timeout: leaf.kube.patience, max: 1 });
    for await (const { data } of subscription) {
      const passed = performance.now() - (sent.get(Buffer.from(data).toString()) ?? Number.NaN);
      const between = Math.max(0, passed - way / 2 - toBroker / 2);
      return [
        ok(
          `a message from the broker was heard after ${ms(passed)}, of which ${ms(between)} from server to server`,
        ),
      ];
    }
  } catch (error) {
    if ((error as Error).name !== 'TimeoutError') throw error;
  } finally {
    await connection.close();
  }
  return [
    problem(
      `no message from the broker was heard within ${leaf.kube.patience / 1000} s`,
      'what is published there does not reach the subscribers here',
      'see the findings on links and secrets first; then the log of nats-leaf',
    ),
  ];
}

const roundTrip = (connection: NatsConnection, { name, kube }: Target) =>
  within(kube.patience, `the server of ${name}`, connection.rtt());

const ms = (milliseconds: number) => `${milliseconds.toFixed(1)} ms`;

/** Signs in as the doctor on the first server of a cluster that lets it. */
async function signIn(target: Target): Promise<NatsConnection> {
  let failure: unknown = new KubeError(`${target.wanted.server.name} has no pod that runs`);
  for (const pod of await target.servers()) {
    try {
      return await signInTo(pod, target);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function signInTo(pod: string, target: Target): Promise<NatsConnection> {
  const { server } = target.wanted;
  const { credentials } = target.issued as Issued;
  return target.through(pod, Number(server.conf.port), async (port) => {
    const user = { user: DOCTOR_USER, pass: credentials.password(passwordName(target.name, DOCTOR_USER)) };
    const timeout = target.kube.patience;
    const options = { servers: `127.0.0.1:${port}`, reconnect: false, timeout, ...user, ...tlsOf(target) };
    return connect(options).catch((error) => {
      throw new KubeError(`${pod} did not let the doctor sign in (${error.message})`);
    });
  });
}

/** The certificate names the server as whoever comes by a port-forward calls it. */
function tlsOf({ wanted, issued, name }: Target) {
  if (!wanted.server.clientTls) return {};
  const { credentials } = issued as Issued;
  const { crt: cert, key } = credentials.certificate(certificateName(name, DOCTOR_USER));
  return { tls: { ca: credentials.natsCa, cert, key, servername: 'localhost' } };
}
