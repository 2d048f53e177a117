import { expect, it } from 'vitest';
import { topology } from '../../../topology.ts';
import { addressOf, answers, attackerIn, becomes, seenByAttacker, start } from '../../support/mesh/probe.ts';
import * as mesh from '../../support/mesh/world.ts';

const { kubectl, onOwn, sh } = mesh;

/** Who has the right label or the right moment, and no right. */
export function foreigners(project: () => mesh.Project) {
  const begin = (serviceAccount: string) => {
    start('vm-a', 'nats-system', attackerIn('nats-system', serviceAccount));
    return () => seenByAttacker('vm-a', 'nats-system', 'nats-broker-0');
  };
  const end = () => kubectl('vm-a', 'delete', 'pod', 'attacker');

  it('refuses the right label with a foreign service account, which NetworkPolicies let through', async () => {
    kubectl('vm-a', 'create', 'serviceaccount', 'foreigner');
    expect(begin('foreigner')()).toBe('');
    end();
    // The control: the same pod with the publisher's account reaches the port that is the publisher's.
    expect(await becomes(begin('nats-publisher'), 'info 4222')).toBe('info 4222');
    end();
    kubectl('vm-a', 'delete', 'serviceaccount', 'foreigner');
  });

  const seenByNode = () => mesh.onNode('vm-a', answers(addressOf('vm-a', 'nats-broker-0'))).trim();
  const workloads = ['statefulset/nats-broker', 'deploy/nats-publisher'];
  const rolled = () =>
    sh(`for w in ${workloads.join(' ')}; do kubectl --context vm-a -n nats-system rollout status $w --timeout=180s; done
for w in statefulset/nats-leaf deploy/nats-subscriber; do kubectl --context vm-b -n nats-system rollout status $w --timeout=180s; done`);
  const applyWith = (policy: 'audit' | 'deny') => {
    project().describe({ ...topology, accessPolicy: policy });
    project().synth();
    sh('for c in vm-a vm-b; do kubectl --context $c apply -f dist/$c; done', project().folder);
  };

  onOwn('lets a stranger through under `audit`, and finds a pod of that time when it is over', async () => {
    applyWith('audit');
    rolled();
    await becomes(seenByNode, 'varz 8222');
    // It keeps the broker's pod as it is: as if somebody had held its rollout.
    const hold = (partition: number) =>
      kubectl(
        ...(['vm-a', 'patch', 'statefulset', 'nats-broker', '-p'] as const),
        `{"spec":{"updateStrategy":{"rollingUpdate":{"partition":${partition}}}}}`,
      );
    hold(1);
    applyWith('deny');
    expect(project().doctor().said).toMatch(/nats-broker-0.*audit/s);
    hold(0);
    rolled();
    await becomes(seenByNode, '');
    await mesh.messagesFlow('vm-b');
    await project().healthy();
  });
}
