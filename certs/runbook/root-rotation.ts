/** What is left to do after each stage of a root's rotation. */

import { join } from 'node:path';
import { nextName } from '../../model/names.ts';
import { kubectl } from '../../terminal/kubectl.ts';
import { renewLine } from '../../terminal/renew-line.ts';
import { certsLine } from '../../terminal/shown-command.ts';
import { credentialPlan, delegating, type PlannedCertificate } from '../plan.ts';
import type { Reached } from '../rotate-root.ts';
import { rotateWords, type Stage, trustedBy } from '../store/roots.ts';
import { deliver, issuerUpgrade, namespaceOf, type StepsInput, seen } from './deliver.ts';
import { anchorsFlag, applied, linkerd } from './linkerd-install.ts';

/** In a comment, because whoever pastes all steps at once would go on before the clusters have taken this stage. */
const goOn = (root: PlannedCertificate, stage: Stage, { folder }: StepsInput) =>
  `#   ${certsLine(folder, `${rotateWords(root)} --confirmed ${stage}`)}`;

/** The key of a root may be kept elsewhere; the next one is made here. */
const keepKey = ({ name }: PlannedCertificate, { folder }: StepsInput) =>
  `# From the next stage on ${join(folder, `${nextName(name)}.key`)} signs. Keep it as you keep ${name}.key.`;

/** After a stage of a root's rotation. */
export const rootSteps = (root: PlannedCertificate, reached: Reached, input: StepsInput): string[] =>
  (root.role === 'anchor' ? anchorSteps : natsCaSteps)(root, reached, input);

function anchorSteps(root: PlannedCertificate, reached: Reached, input: StepsInput): string[] {
  const clusters = input.model.clusters.filter(({ anchor }) => anchor === root.name);
  const restart = (name: string) => [
    "# A pod that is made while Linkerd's injector restarts has no proxy, so wait for it:",
    kubectl(name, 'linkerd', 'rollout status deploy'),
    kubectl(name, namespaceOf(input), 'rollout restart statefulset,deploy'),
    linkerd(name, 'check --proxy'),
  ];
  if (reached === 'switch') {
    return [
      ...clusters.flatMap((cluster) => [...issuerUpgrade(cluster, input), ...restart(cluster.name)]),
      '# The old anchor has to stay until every meshed workload has a certificate from a new issuer: once it was',
      '# restarted, or 24 hours later. Earlier is an outage (linkerd/linkerd2#4287). Then:',
      goOn(root, 'switch', input),
    ];
  }
  const upgrades = clusters.flatMap((cluster) => [
    applied(cluster.name, `upgrade ${anchorsFlag(cluster, input)}`),
    '# Linkerd reads the anchors when it starts (linkerd/linkerd2#8018), and a workload gets them when its pod is made:',
    kubectl(cluster.name, 'linkerd', 'rollout restart deploy'),
    ...restart(cluster.name),
  ]);
  const others = '# Restart the meshed workloads of other namespaces as well.';
  if (reached === 'retire') return [...upgrades, others, '# That was the last stage; nothing has to stay.'];
  return [
    ...upgrades,
    others,
    keepKey(root, input),
    `# When "data plane proxies certificate match CA" passes on ${trustedBy(root, credentialPlan(input.model))}:`,
    goOn(root, 'bundle', input),
  ];
}

/** What cert-manager has made below the old CA is made below the new one. */
function remade({ model }: StepsInput): string[] {
  const clusters = delegating(model);
  if (clusters.length === 0) return [];
  return [
    '# cert-manager has to make its certificates below the new CA:',
    ...clusters.map((name) => renewLine(name, model.namespace)),
  ];
}

function natsCaSteps(root: PlannedCertificate, reached: Reached, input: StepsInput): string[] {
  const { folder, model } = input;
  const names = [
    ...model.sites.flatMap(({ externalClients }) => externalClients.map(({ name }) => name)),
    // As the password, each device is known by its cluster too.
    ...model.leaves.flatMap(({ users }) =>
      users.flatMap(({ kind, password }) => (kind === 'device' ? password : [])),
    ),
  ].join(', ');
  const bundle = `every NATS CA in ${folder}: nats-ca.crt, nats-ca-next.crt, nats-ca-previous.crt, as far as they are there`;
  const outside = names ? [`# Hand ${names} what changed. Their CA file is ${bundle}.`] : [];
  const delivered = [...deliver(input.secretRefs.natsCa, input), ...outside];
  if (reached === 'bundle') {
    return [
      ...delivered,
      keepKey(root, input),
      '# When every server and client trusts both CAs:',
      goOn(root, 'bundle', input),
    ];
  }
  if (reached === 'switch') {
    return [
      ...delivered,
      ...remade(input),
      ...seen(input),
      '# The old CA has to stay until every server and client has its new certificate. Then:',
      goOn(root, 'switch', input),
    ];
  }
  return [
    ...delivered,
    '# That was the last stage: no new connection with a certificate of the old CA is let in from now on.',
  ];
}
