import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reinstateLeaf, revokeLeaf } from '../../../certs/revoke.ts';
import { renew } from '../../../certs/rotate.ts';
import { asJson, count, exitCode } from '../../../doctor/report.ts';
import { resolve } from '../../../model/resolve.ts';
import { topology } from '../../../topology.ts';
import type { LiveCluster } from '../../support/cluster/live-cluster.ts';
import { run } from '../../support/command.ts';
import { addDoctor, documentedRole } from '../../support/doctor/role.ts';
import { bad, DOCTOR_PARTS, DoctorScene, looks } from '../../support/doctor/scene.ts';
import { describeReal } from '../../support/parts.ts';
import { until } from '../../support/until.ts';
import { copyOfTheProject, removeCopies } from '../dist/copy.ts';

const NAMESPACE = 'nats-system';
const policy = 'policy.linkerd.io';

describeReal(DOCTOR_PARTS, 'the doctor, at the default topology', () => {
  let scene: DoctorScene;
  let a: LiveCluster;
  let b: LiveCluster;
  const mends: (() => unknown)[] = [];

  beforeAll(async () => {
    scene = new DoctorScene(topology);
    await scene.start();
    [a, b] = [scene.cluster('vm-a'), scene.cluster('vm-b')];
    await a.startPod('nats-broker-0');
    await a.startPod('nats-publisher');
    await b.startPod('nats-leaf-0');
    await b.startPod('nats-subscriber');
    await scene.healthy();
  });

  afterEach(async () => {
    for (const mend of mends.splice(0).reverse()) await mend();
  });

  afterAll(async () => {
    removeCopies();
    await scene?.stop();
  });

  const afterwards = (mend: () => unknown) => mends.push(mend);
  const kubectl = (cluster: LiveCluster, ...args: string[]) => cluster.api.must(['-n', NAMESPACE, ...args]);

  it('finds nothing wrong where nothing is, and a message on the leaf', async () => {
    const findings = await scene.examine();
    expect(bad(findings)).toEqual([]);
    expect(exitCode(count(findings))).toBe(0);
    expect(findings).toContainEqual({
      ...{ cluster: 'vm-b', check: 'message', level: 'ok' },
      what: expect.stringMatching(
        /^a message from the broker was heard after \d+\.\d ms, of which \d+\.\d ms/,
      ),
    });
  });

  it('leaves no error in the logs of the servers', async () => {
    const servers = [a.cluster.pods.get('nats-broker-0')!, b.cluster.pods.get('nats-leaf-0')!];
    const before = servers.map((server) => server.logs('nats').length);
    await scene.examine();
    const since = servers.map((server, i) => server.logs('nats').slice(before[i]));
    expect(since.join('')).toContain('Leafnode connection closed: Client Closed');
    expect(since.join('')).not.toContain('[ERR]');
  });

  it('says so as a command, with exit code 0 and nothing but JSON', async () => {
    const project = copyOfTheProject();
    cpSync(scene.issued, join(project, 'certs', 'issued'), { recursive: true, dereference: true });
    const env = { PATH: process.env.PATH ?? '', KUBECONFIG: scene.kubeconfig };
    const doctor = (...words: string[]) =>
      run([process.execPath, join(project, 'bin', 'nats-mtls.mjs'), 'doctor', ...words], {
        ...{ env, cwd: project, timeout: 60_000 },
      });
    const asked = await doctor('--json');
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(asked.stdout).counts).toMatchObject({ problem: 0, warning: 0, unknown: 0 });
    const shown = await doctor('--cluster', 'vm-b', '--context', 'vm-a');
    expect(shown.code).toBe(1);
    expect(shown.stdout).toContain('context vm-a is cluster vm-a, not vm-b');
  });

  it('looks at one cluster alone when it is told to', async () => {
    const findings = await scene.examine({ chosen: [{ cluster: 'vm-b', context: 'vm-b' }] });
    expect(new Set(findings.map(({ cluster }) => cluster))).toEqual(new Set(['vm-b']));
    expect(bad(findings)).toEqual([]);
  });

  it('has what it needs with the ClusterRole of the documentation, bound in two namespaces', async () => {
    const token = await addDoctor(a.api, [NAMESPACE, 'linkerd']);
    scene.reachAs({ 'vm-a': { ...a.access, token }, 'vm-b': b.access });
    afterwards(() => scene.reachAsAdministrator());
    expect(bad(await scene.examine())).toEqual([]);
  });

  it('names what it may not look at, and goes on with the rest', async () => {
    const withheld = ['networkpolicies', 'pods/portforward'];
    const rules = documentedRole().filter(
      ({ resources }) => !withheld.some((each) => resources.includes(each)),
    );
    scene.reachAs({ 'vm-a': await a.accessFor('blind', rules), 'vm-b': b.access });
    afterwards(() => scene.reachAsAdministrator());
    const findings = await scene.examine();
    expect(bad(findings)).toEqual([
      `unknown vm-a objects: may not list networkpolicies.networking.k8s.io in ${NAMESPACE}`,
      `unknown vm-a certificates: may not get pods/portforward in ${NAMESPACE}`,
      `unknown vm-a certificates: may not get pods/portforward in ${NAMESPACE}`,
      `unknown vm-a links: may not get pods/portforward in ${NAMESPACE}`,
      `unknown vm-a message: may not get pods/portforward in ${NAMESPACE}`,
    ]);
    expect(exitCode(count(findings))).toBe(3);
  });

  it('says what it cannot compare where nothing is issued', async () => {
    const findings = await scene.examine({ issued: join(scene.folder, 'nowhere') });
    expect(bad(findings)).toEqual([
      expect.stringMatching(/^unknown this machine credentials: .*nowhere is not here$/),
    ]);
    expect(looks(findings)).toContain('vm-a certificates');
  });

  it('stops at contexts that are swapped, with no advice that would harm the other cluster', async () => {
    const chosen = [
      { cluster: 'vm-a', context: 'vm-b' },
      { cluster: 'vm-b', context: 'vm-a' },
    ];
    const swapped = ['vm-b is cluster vm-b, not vm-a', 'vm-a is cluster vm-a, not vm-b'];
    for (const issued of [scene.issued, join(scene.folder, 'nowhere')]) {
      const findings = await scene.examine({ chosen, issued });
      expect(bad(findings).filter((line) => !line.includes('this machine'))).toEqual(
        swapped.map((what, i) => `problem ${chosen[i]!.cluster} context: context ${what}`),
      );
      expect(asJson(findings)).not.toMatch(/delete|apply -f/);
    }
  });

  it('tells which of two clusters has a context that both are said to have', async () => {
    const chosen = ['vm-a', 'vm-b'].map((cluster) => ({ cluster, context: 'vm-a' }));
    expect(bad(await scene.examine({ chosen }))).toEqual([
      'problem vm-b context: context vm-a is cluster vm-a, not vm-b',
    ]);
  });

  describe('finds', () => {
    it('a Secret that was deleted', async () => {
      await kubectl(b, 'delete', 'secret', 'nats-auth');
      afterwards(() => scene.reapply('vm-b'));
      expect(bad(await scene.examine())).toEqual(['problem vm-b secrets: the Secret nats-auth is missing']);
    });

    it('a Secret with another password, without showing one', async () => {
      const patch = JSON.stringify({ stringData: { password: 'another-password' } });
      await kubectl(b, 'patch', 'secret', 'nats-auth', '-p', patch);
      afterwards(() => scene.reapply('vm-b'));
      const findings = await scene.examine();
      expect(bad(findings)).toEqual([
        'problem vm-b secrets: the Secret nats-auth differs from what is issued in password',
      ]);
      expect(asJson(findings)).not.toContain('another-password');
      expect(scene.secrets().filter((secret) => asJson(findings).includes(secret))).toEqual([]);
    });

    it('policies that are missing, changed or added', async () => {
      afterwards(async () => {
        await kubectl(a, 'delete', 'networkpolicy/default-deny');
        await scene.reapply('vm-a');
      });
      await kubectl(a, 'delete', `authorizationpolicy.${policy}`, 'nats-broker-nats-mesh');
      const anywhere = { spec: { networks: [{ cidr: '0.0.0.0/0' }] } };
      const merge = ['--type', 'merge', '-p', JSON.stringify(anywhere)];
      await kubectl(
        a,
        'patch',
        `networkauthentication.${policy}`,
        'nats-broker-leafnodes-networks',
        ...merge,
      );
      await kubectl(a, 'patch', 'networkpolicy', 'default-deny', '-p', '{"spec":{"ingress":[{}]}}');
      await kubectl(
        a,
        'annotate',
        '--overwrite',
        'namespace',
        NAMESPACE,
        'config.linkerd.io/default-inbound-policy=all-unauthenticated',
      );
      const everybody = {
        ...{ apiVersion: `${policy}/v1alpha1`, kind: 'AuthorizationPolicy' },
        metadata: { name: 'everybody', namespace: NAMESPACE },
        spec: {
          targetRef: { group: policy, kind: 'Server', name: 'nats-broker-nats' },
          requiredAuthenticationRefs: [
            { group: policy, kind: 'NetworkAuthentication', name: 'nats-broker-leafnodes-networks' },
          ],
        },
      };
      const door = {
        ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'door', namespace: NAMESPACE } },
        spec: { type: 'NodePort', selector: { app: 'nats-broker' }, ports: [{ port: 8222 }] },
      };
      afterwards(async () => {
        await kubectl(a, 'delete', '--ignore-not-found', `authorizationpolicy.${policy}/everybody`);
        await kubectl(a, 'delete', '--ignore-not-found', 'service/door');
      });
      await a.api.apply([everybody, door]);
      expect(bad(await scene.examine()).sort()).toEqual([
        'problem vm-a objects: AuthorizationPolicy everybody is not from this topology and admits more',
        'problem vm-a objects: AuthorizationPolicy nats-broker-nats-mesh is missing: not applied',
        'problem vm-a objects: Namespace nats-system differs from what synth makes in metadata.annotations.config.linkerd.io/default-inbound-policy',
        'problem vm-a objects: NetworkAuthentication nats-broker-leafnodes-networks differs from what synth makes in spec.networks[0].cidr',
        'problem vm-a objects: NetworkPolicy default-deny differs from what synth makes in spec.ingress',
        'problem vm-a objects: Service door is not from this topology and admits more',
      ]);
    });

    it('pods that were made under audit, though the namespace denies again', async () => {
      const [name = ''] = scene.pods('vm-a').filter((each) => each.startsWith('nats-publisher'));
      await a.installLinkerd(scene.linkerd('vm-a'), true, 'audit');
      await a.cluster.pods.get(name)!.stop();
      const audited = await a.startPod('nats-publisher');
      afterwards(async () => {
        await a.installLinkerd(scene.linkerd('vm-a'));
        await audited.stop();
        await a.startPod('nats-publisher');
        await scene.healthy();
      });
      expect(bad(await scene.examine())).toEqual([
        `problem vm-a pods: ${audited.name} was made under the inbound policy audit instead of deny`,
      ]);
    });

    it('a Linkerd that is too old', async () => {
      await a.installLinkerd(scene.linkerd('vm-a', 'edge-24.11.8'));
      afterwards(() => a.installLinkerd(scene.linkerd('vm-a')));
      expect(bad(await scene.examine())).toEqual([
        'problem vm-a linkerd: Linkerd edge-24.11.8 is older than edge-25.2.3',
      ]);
    });

    it('a trust root that is foreign, in place of our own', async () => {
      const foreign = scene.foreignRoot();
      await a.installLinkerd({ ...scene.linkerd('vm-a'), anchors: foreign });
      afterwards(() => a.installLinkerd(scene.linkerd('vm-a')));
      expect(bad(await scene.examine())).toEqual([
        'problem vm-a linkerd identity: Linkerd trusts a root that was not issued for vm-a: CN=somebody else',
        'problem vm-a linkerd identity: Linkerd does not trust the issued root: CN=root.linkerd.cluster.local',
        ...scene
          .pods('vm-a')
          .map(
            (name) =>
              `warning vm-a linkerd identity: ${name} was made under other trust roots than Linkerd's present ones`,
          ),
      ]);
    });

    it('that there is no Linkerd', async () => {
      await a.api.must(['-n', 'linkerd', 'delete', 'deployments,configmaps,secrets', '--all']);
      afterwards(() => a.installLinkerd(scene.linkerd('vm-a')));
      expect(bad(await scene.examine())).toEqual([
        'problem vm-a linkerd: there is no Linkerd in the namespace linkerd',
      ]);
    });

    it('a pod without a proxy', async () => {
      a.stopInjecting();
      await a.cluster.pods
        .get([...a.cluster.pods.keys()].find((name) => name.startsWith('nats-publisher'))!)!
        .stop();
      const unmeshed = await a.startPod('nats-publisher');
      afterwards(async () => {
        await a.installLinkerd(scene.linkerd('vm-a'));
        await unmeshed.stop();
        await a.startPod('nats-publisher');
        await scene.healthy();
      });
      expect(bad(await scene.examine())).toEqual([
        `problem vm-a pods: ${unmeshed.name} is not meshed: it has no linkerd-proxy`,
      ]);
    });

    it('a link that is cut, on both sides', async () => {
      await a.cluster.nodePorts.cut(30722);
      afterwards(async () => {
        await a.cluster.nodePorts.heal(30722);
        await scene.healthy();
      });
      const cut = [
        'problem vm-a links: no leaf of vm-b is linked',
        'problem vm-b links: the leaf is not linked to the broker',
        'problem vm-b message: no message from the broker was heard within 2 s',
      ];
      await until(
        'both sides know',
        async () => bad(await scene.examine({ patience: 2000 })).length === cut.length,
      );
      expect(bad(await scene.examine({ patience: 2000 }))).toEqual(cut);
    });

    it('a revoked leaf for as long as it is linked, and nothing wrong from then on', async () => {
      revokeLeaf(resolve(topology), scene.issued, 'vm-b');
      await a.apply(scene.objectsOf('vm-a'));
      const restart = async () => {
        await a.cluster.pods.get('nats-broker-0')!.stop();
        await a.startPod('nats-broker-0');
        await a.ready();
      };
      afterwards(async () => {
        reinstateLeaf(resolve(topology), scene.issued, 'vm-b');
        for (const cluster of [b, a]) await cluster.apply(scene.objectsOf(cluster === a ? 'vm-a' : 'vm-b'));
        await scene.healthy();
      });
      expect(bad(await scene.examine())).toEqual([
        'problem vm-a links: the revoked leaf of vm-b is still linked',
      ]);
      await restart();
      const findings = await scene.examine();
      expect(bad(findings)).toEqual([]);
      for (const [cluster, what] of [
        ['vm-a', '0 of 0 leaves are linked; revoked: vm-b'],
        ['vm-b', 'it is revoked, and not linked'],
      ])
        expect(findings).toContainEqual({ cluster, check: 'links', level: 'ok', what });
      expect(looks(findings)).not.toContain('vm-b message');
    }, 120_000);

    it('a certificate that was renewed here, then there, but is not read by the server', async () => {
      renew(resolve(topology), scene.issued, { certificates: ['vm-a-nats-broker'], passwords: [] });
      const shown = [4222, 7422].map((port) =>
        expect.stringMatching(
          new RegExp(
            `^problem vm-a certificates: nats-broker-0 on port ${port} shows another certificate than the issued one: it ends at [^,]*$`,
          ),
        ),
      );
      expect(bad(await scene.examine())).toEqual([
        'problem vm-a secrets: the Secret nats-broker-tls differs from what is issued in tls.crt, tls.key',
        ...shown,
      ]);
      const objects = scene.objectsOf('vm-a');
      // As far as the API: the kubelet has not updated the files yet.
      await a.api.apply(objects);
      expect(bad(await scene.examine())).toEqual(shown);
      a.cluster.apply(...objects);
      await scene.healthy();
    });

    it('a broker that is down', async () => {
      await a.cluster.pods.get('nats-broker-0')!.kill();
      await a.sync();
      afterwards(async () => {
        await a.startPod('nats-broker-0');
        await scene.healthy();
      });
      const findings = await scene.examine();
      expect(bad(findings)).toEqual([
        'problem vm-a pods: nats-broker has 0 of 1 pods',
        'problem vm-b links: the leaf is not linked to the broker',
        'unknown vm-a message: nats-broker has no pod that runs',
      ]);
    });

    it('an API server that hangs, and the rest still comes', async () => {
      await b.silence();
      afterwards(() => b.heal());
      const findings = await scene.examine({ patience: 2000 });
      expect(bad(findings)).toEqual([
        `problem vm-b api server: the API server at ${b.access.server} did not answer within 2 s`,
      ]);
      expect(looks(findings).filter((look) => look.startsWith('vm-a'))).toContain('vm-a links');
    });
  });
});
