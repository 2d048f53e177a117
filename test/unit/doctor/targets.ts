import type { Issued } from '../../../certs/read-issued.ts';
import { Target } from '../../../doctor/target.ts';
import { wantedOf } from '../../../doctor/wanted.ts';
import { type KubeClient, KubeError, type KubeObject } from '../../../kube/kube-client.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { topology } from '../../../topology.ts';

export const NOW = new Date('2026-11-22T12:00:00Z');

/** A cluster whose API server has these objects and no others, for checks that look at nothing else. */
export function target(
  objects: readonly KubeObject[],
  from: Topology = topology,
  cluster = 'vm-a',
  issued?: Issued,
): Target {
  const [wanted] = wantedOf(resolve(from), new Set([cluster]));
  const kube: Pick<KubeClient, 'list' | 'read' | 'knows'> = {
    list: async (_, kind) => objects.filter((object) => object.kind === kind),
    read: async (_, kind, name) =>
      objects.find((object) => object.kind === kind && object.metadata.name === name),
    knows: async () => {
      throw new KubeError('nobody asks this here');
    },
  };
  return new Target(wanted!, cluster, kube as KubeClient, issued, NOW);
}

/** What the target would have of the credentials if these leaves were revoked. */
export const revoked = (...leaves: string[]): Pick<Target, 'revoked'> => ({
  revoked: (leaf) => leaves.includes(leaf),
});
