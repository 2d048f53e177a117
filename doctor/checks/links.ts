import { kubectl } from '../../terminal/kubectl.ts';
import { ok, orOk, problem, type Verdict, warning } from '../finding.ts';
import type { Target } from '../target.ts';
import type { WantedLeaf } from '../wanted.ts';
import { exported, gatewayLink } from './gateway.ts';

interface Leafz {
  readonly leafs?: readonly { readonly name: string }[];
}

/** Whether the leaf links are up, as the servers of this side see them. */
export async function links(target: Target): Promise<Verdict[]> {
  const pods = await target.servers();
  if (pods.length === 0) return [];
  const pages: Leafz[] = await Promise.all(pods.map((pod) => target.monitor(pod, 'leafz')));
  const links = pages.map(({ leafs }) => (leafs ?? []).map(({ name }) => name));
  const linked = new Set(links.flat());
  if (target.wanted.isBroker) return brokerSide(linked, target);
  return leafSide(
    linked,
    pods.filter((_, i) => links[i]?.length === 0),
    target,
  );
}

function brokerSide(linked: ReadonlySet<string>, target: Target): Verdict[] {
  const { wanted, context } = target;
  const has = ({ servers }: WantedLeaf) => servers.some((server) => linked.has(server));
  const revoked = wanted.leaves.filter(({ name }) => target.revoked(name));
  const invited = wanted.leaves.filter(({ name }) => !target.revoked(name));
  // With several sites it may be at another one, which the leaf's own side says.
  const expected = wanted.otherServers.length > 0 ? [] : invited;
  const absent = expected.filter((leaf) => !has(leaf)).map(({ name }) => name);
  const single = expected
    .filter(has)
    .flatMap(({ servers }) => servers)
    .filter((server) => !linked.has(server));
  const uninvited = revoked.filter(has).map(({ name }) => name);
  const restart = kubectl(context, wanted.namespace, `rollout restart statefulset/${wanted.server.name}`);
  return orOk(
    [
      ...(absent.length > 0
        ? [
            problem(
              `no leaf of ${absent.join(', ')} is linked`,
              'nothing that is published here reaches there',
              `look at the log of nats-leaf there${exported(target) ? ' and at linkerd multicluster check' : ''}; docs/operations.md, "The link is cut"`,
            ),
          ]
        : []),
      ...(single.length > 0
        ? [
            warning(
              `${single.join(', ')} ${single.length > 1 ? 'have' : 'has'} no link`,
              'the others of that leaf cluster carry what passes; the fewer there are, the nearer it is to being cut off',
              'see that this server runs, and what its log says; it dials again every two seconds',
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
    `${invited.filter(has).length} of ${invited.length} leaves are linked${wanted.otherServers.length > 0 ? ' to this site' : ''}${revoked.length > 0 ? `; revoked: ${revoked.map(({ name }) => name).join(', ')}` : ''}`,
  );
}

function leafSide(linked: ReadonlySet<string>, without: readonly string[], target: Target): Verdict[] {
  const { wanted, context, name } = target;
  // The broker's side says so where the link still stands.
  if (target.revoked(name)) return [ok(`it is revoked, and ${linked.size > 0 ? 'still' : 'not'} linked`)];
  const logs = (pod: string | undefined) => kubectl(context, wanted.namespace, `logs ${pod} -c nats`);
  if (linked.size > 0)
    return orOk(
      without.map((pod) =>
        warning(
          `${pod} is not linked to the broker`,
          'its clients rely on the links of the other servers',
          `${logs(pod)} says why; docs/operations.md, "The link is cut"`,
        ),
      ),
      `linked to ${[...linked].join(', ')}`,
    );
  const throughGateway = gatewayLink(target) !== undefined;
  return [
    problem(
      'the leaf is not linked to the broker',
      'its subscribers hear nothing from there',
      throughGateway
        ? `see what the check gateway says, here and of the broker; then linkerd --context ${context} multicluster check`
        : `${logs(wanted.server.pods[0])} says why; docs/operations.md, "The link is cut"`,
    ),
  ];
}
