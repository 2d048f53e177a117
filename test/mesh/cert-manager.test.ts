import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { topology } from '../../examples/cert-manager.ts';
import { renewLine } from '../../terminal/renew-line.ts';
import { CertManager, certManagerCrds } from '../support/cluster/cert-manager.ts';
import { CONTEXTS } from '../support/mesh/clusters.ts';
import * as mesh from '../support/mesh/world.ts';
import { describeReal } from '../support/parts.ts';
import { until } from '../support/until.ts';

const { kubectl, onOwn, sh } = mesh;

const SERVERS = [
  ['vm-a', 'nats-broker'],
  ['vm-b', 'nats-leaf'],
] as const;

describeReal(
  [...mesh.MESH_PARTS, 'cert-manager-controller', 'openssl'],
  'certificates that cert-manager makes, on two real clusters',
  () => {
    const controllers: CertManager[] = [];
    let project: mesh.Project;

    /** cert-manager's own controller, beside the cluster. */
    async function start(context: string) {
      const [crds, kubeconfig] = [certManagerCrds(), join(project.folder, `${context}.kubeconfig`)];
      sh(`kubectl --context ${context} apply --server-side -f ${crds}
kubectl --context ${context} wait --for=condition=Established --timeout=60s -f ${crds}
kubectl config view --minify --flatten --context ${context} > ${kubeconfig}`);
      controllers.push(await CertManager.beside(kubeconfig));
    }

    beforeAll(async () => {
      if (!mesh.areOwn) return;
      project = mesh.Project.afresh(topology);
      project.synth();
      for (const context of CONTEXTS) await start(context);
    });

    afterAll(async () => {
      if (!mesh.areOwn) return;
      for (const controller of controllers) await controller.stop();
      for (const context of CONTEXTS)
        sh(`kubectl --context ${context} delete --ignore-not-found -f ${certManagerCrds()}`);
    });

    /** Serial numbers of what cert-manager has made, by Secret. */
    const serials = (context: string): string =>
      sh(`for one in $(kubectl --context ${context} -n nats-system get certificates -o name | cut -d/ -f2); do
kubectl --context ${context} -n nats-system get secret $one -o 'jsonpath={.data.tls\\.crt}' | base64 -d | openssl x509 -noout -serial -issuer; done`);

    /** Waits until every certificate of a cluster is another and its servers run on it. */
    async function taken(context: string, server: string, before: string, since: string) {
      const old = new Set(before.split('\n').filter((line) => line.startsWith('serial')));
      await until(
        'every certificate is another',
        () =>
          !serials(context)
            .split('\n')
            .some((line) => old.has(line)),
        60_000,
      );
      // The kubelet would bring them within a minute or two.
      sh(
        `kubectl --context ${context} -n nats-system annotate pods --all --overwrite nats-mtls/applied=${Date.now()}`,
      );
      await mesh.serversTook(context, server, since);
    }

    const restarts = () =>
      CONTEXTS.map((context) =>
        kubectl(
          context,
          'get',
          'pods',
          '-o',
          'jsonpath={.items[*].status.containerStatuses[*].restartCount}',
        ),
      );

    onOwn('are made at the first apply, and messages cross', async () => {
      sh('for c in vm-a vm-b; do kubectl --context $c apply -f dist/$c; done', project.folder);
      await mesh.messagesFlow('vm-b', 5, 240);
      await project.healthy();
      expect(project.doctor().said).toMatch(/cert-manager/);
    });

    onOwn('are renewed five times in a row, and no message is lost and nothing restarts', async () => {
      const before = restarts();
      const lost = await mesh.lostDuring('vm-b', async () => {
        for (let round = 0; round < 5; round += 1) {
          for (const [context, server] of SERVERS) {
            const [old, since] = [serials(context), new Date(Date.now() - 1000).toISOString()];
            sh(renewLine(context, 'nats-system'));
            await taken(context, server, old, since);
          }
        }
      });
      expect(lost).toBe(0);
      expect(restarts()).toEqual(before);
    });

    onOwn('are made below another CA by the printed steps, and no message is lost', async () => {
      const authority = () =>
        sh(
          `kubectl --context vm-a -n nats-system get secret nats-issuer -o 'jsonpath={.data.tls\\.crt}' | base64 -d | openssl x509 -noout -serial`,
        );
      const was = authority();
      const lost = await mesh.lostDuring('vm-b', async () => {
        const [old, since] = [serials('vm-a'), new Date(Date.now() - 1000).toISOString()];
        project.follow(project.certs('rotate nats-issuer vm-a'));
        await taken('vm-a', 'nats-broker', old, since);
      });
      expect(authority()).not.toBe(was);
      expect(lost).toBe(0);
      await project.healthy();
    });
  },
);
