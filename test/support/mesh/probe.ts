/** What a pod or a node gets to see of a server that it dials. */
import { until } from '../until.ts';
import { kubectl, sh } from './world.ts';

const PORTS = [4222, 6222, 7422, 8222];

/** A script that says which ports of a host answer as NATS does. It asks all at once, because a refusal takes seconds. */
export const answers = (host: string) =>
  [
    '{',
    ...PORTS.flatMap((port) => [
      `if timeout 4 wget -q -T 3 -O - http://${host}:${port}/varz 2>&1 | grep -q server_id; then echo varz ${port}; fi &`,
      `if sleep 2 | timeout 3 nc ${host} ${port} 2>/dev/null | grep -q INFO; then echo info ${port}; fi &`,
    ]),
    'wait; } | sort',
  ].join('\n');

/**
 * Waits until what is seen has a part, or is nothing. A probe of a busy machine may miss an answer, and a policy takes a moment.
 * @returns all that is seen
 */
export async function becomes(see: () => string, part: string): Promise<string> {
  let seen = '';
  await until(
    `\`${part}\` is seen`,
    () => {
      seen = see().trim();
      return part === '' ? seen === '' : seen.includes(part);
    },
    60_000,
  ).catch((error) => {
    throw new Error(`${error.message} It is: ${seen}`);
  });
  return seen;
}

export const addressOf = (context: string, pod: string) =>
  kubectl(context, 'get', 'pod', pod, '-o', 'jsonpath={.status.podIP}');

/** What the pod `attacker` of a namespace sees of a server's pod. */
export const seenByAttacker = (context: string, namespace: string, pod: string) =>
  sh(
    `kubectl --context ${context} -n ${namespace} exec attacker -c attacker -- sh -c '${answers(addressOf(context, pod))}'`,
  ).trim();

/** A pod that does nothing until it is told to attack. @param app - whose label it has stolen */
export const attackerIn = (namespace: string, serviceAccount = 'default', app = 'nats-publisher') => `
apiVersion: v1
kind: Pod
metadata: { name: attacker, namespace: ${namespace}, labels: { app: ${app} } }
spec:
  serviceAccountName: ${serviceAccount}
  terminationGracePeriodSeconds: 1
  containers: [{ name: attacker, image: natsio/nats-box:0.19.7-nonroot, command: [sleep, "3600"] }]
`;

export const start = (context: string, namespace: string, manifest: string) =>
  sh(`kubectl --context ${context} apply -f - <<'Y'\n${manifest}\nY
kubectl --context ${context} -n ${namespace} wait pod/attacker --for=condition=Ready --timeout=120s`);
