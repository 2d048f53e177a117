import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import * as mesh from '../../support/mesh/world.ts';

const { onOwn, sh } = mesh;

/**
 * What breaks or is restarted while messages flow. The limits are three times what docs/operations.md says or more, because
 * a message a second is lost for as long as a busy machine takes to start what was restarted.
 */
export function failures() {
  it.each([
    ['broker', 'vm-a', 'nats-broker', 30],
    ['leaf', 'vm-b', 'nats-leaf', 60],
  ] as const)('comes back when the %s is restarted', async (_, context, server, atMost) => {
    const restart = () =>
      sh(`kubectl --context ${context} -n nats-system rollout restart statefulset/${server}
kubectl --context ${context} -n nats-system rollout status statefulset/${server} --timeout=180s`);
    expect(await mesh.lostDuring('vm-b', restart)).toBeLessThanOrEqual(atMost);
  });

  onOwn.each([
    ['nats-server', 'broker', 'vm-a', 'nats-broker-0', 'nats', 30],
    ['nats-server', 'leaf', 'vm-b', 'nats-leaf-0', 'nats', 30],
    ['proxy', 'broker', 'vm-a', 'nats-broker-0', 'linkerd-proxy', 30],
    ['proxy', 'leaf', 'vm-b', 'nats-leaf-0', 'linkerd-proxy', 30],
  ] as const)('comes back when the %s of the %s is killed', async (...row) => {
    const [, , context, pod, container, atMost] = row;
    const kill = () => {
      const processes = mesh.processesOf(context, pod, container);
      expect(processes).not.toEqual([]);
      for (const process_ of processes) process.kill(process_, 'SIGKILL');
    };
    expect(await mesh.lostDuring('vm-b', kill)).toBeLessThanOrEqual(atMost);
  });

  it('loses nothing while the control plane of both clusters is away', async () => {
    const parts = 'deploy/linkerd-identity deploy/linkerd-destination deploy/linkerd-proxy-injector';
    const scale = (replicas: number) =>
      sh(
        `for c in vm-a vm-b; do kubectl --context $c -n linkerd scale ${parts} --replicas=${replicas}; done`,
      );
    const away = async () => {
      scale(0);
      // By name: the pod of Linkerd's heartbeat, a CronJob that runs once a day, stays when it has ended.
      sh(
        `for c in vm-a vm-b; do kubectl --context $c -n linkerd wait pod --for=delete --timeout=90s \
-l 'linkerd.io/control-plane-component in (identity, destination, proxy-injector)'; done`,
      );
      await sleep(15_000);
      await mesh.messagesFlow('vm-b', 5);
    };
    try {
      expect(await mesh.lostDuring('vm-b', away)).toBe(0);
    } finally {
      scale(1);
      sh(`for c in vm-a vm-b; do for d in ${parts}; do
kubectl --context $c -n linkerd rollout status $d --timeout=180s; done; done`);
    }
  });
}
