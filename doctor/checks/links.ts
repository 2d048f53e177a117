import { kubectl } from '../../model/kubectl.ts';
import { LEAF } from '../../model/names.ts';
import { ok, orOk, problem, type Verdict } from '../finding.ts';
import type { Patient } from '../patient.ts';

interface Leafz {
  readonly leafs?: readonly { readonly name: string }[];
}

/** Whether the leaf links are up, as the servers of this side see them. */
export async function links(patient: Patient): Promise<Verdict[]> {
  const pods = await patient.servers();
  if (pods.length === 0) return [];
  const pages: Leafz[] = await Promise.all(pods.map((pod) => patient.monitor(pod, 'leafz')));
  const linked = new Set(pages.flatMap(({ leafs }) => (leafs ?? []).map(({ name }) => name)));
  return patient.wanted.isBroker ? brokerSide(linked, patient) : leafSide(linked, patient);
}

function brokerSide(linked: ReadonlySet<string>, { wanted, issued, context }: Patient): Verdict[] {
  const revoked = new Set(issued?.stock.revoked);
  // A server is named after its cluster and its pod.
  const has = (cluster: string) => linked.has(`${cluster}-${LEAF}-0`);
  const absent = wanted.leaves.filter((leaf) => !revoked.has(leaf) && !has(leaf));
  const uninvited = wanted.leaves.filter((leaf) => revoked.has(leaf) && has(leaf));
  const restart = kubectl(context, wanted.namespace, `rollout restart statefulset/${wanted.server.name}`);
  return orOk(
    [
      ...(absent.length > 0
        ? [
            problem(
              `no leaf of ${absent.join(', ')} is linked`,
              'nothing that is published here reaches there',
              `look at the log of nats-leaf there; docs/operations.md, "The link is cut"`,
            ),
          ]
        : []),
      ...(uninvited.length > 0
        ? [
            problem(
              `the revoked leaf of ${uninvited.join(', ')} is still linked`,
              'nats-server does not end a link that stands when its user goes',
              restart,
            ),
          ]
        : []),
    ],
    `${wanted.leaves.length} of ${wanted.leaves.length} leaves are linked`,
  );
}

function leafSide(linked: ReadonlySet<string>, { wanted, context }: Patient): Verdict[] {
  if (linked.size > 0) return [ok(`linked to ${[...linked].join(', ')}`)];
  return [
    problem(
      'the leaf is not linked to the broker',
      'its subscribers hear nothing from there',
      `${kubectl(context, wanted.namespace, `logs ${wanted.server.pods[0]} -c nats`)} says why; docs/operations.md, "The link is cut"`,
    ),
  ];
}
