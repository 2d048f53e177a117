import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { credentialPlan } from '../../../certs/plan.ts';
import { renew } from '../../../certs/rotate.ts';
import { rotateRoot } from '../../../certs/rotate-root.ts';
import { parseCertificate } from '../../../certs/x509/read-certificate.ts';
import { resolve } from '../../../model/resolve.ts';
import { topology } from '../../../topology.ts';
import type { Cluster } from '../../support/cluster/cluster.ts';
import { minted } from '../../support/minted.ts';
import { describeReal, needed } from '../../support/parts.ts';
import type { Network } from '../../support/stage/network.ts';
import type { Pod } from '../../support/stage/pod.ts';
import { World } from '../../support/stage/world.ts';
import { until } from '../../support/until.ts';

/** Messages that one reconnect of core NATS may lose: one a second is sent; clients sign in again within three, later where every CPU is busy. */
const ONE_RECONNECT = 5;

describeReal(
  ['namespaces', 'nats-server', 'nats', 'openssl'],
  'messages flow from vm-a to vm-b while credentials are rotated',
  () => {
    const temporary = mkdtempSync(join(tmpdir(), 'nats-mtls-rotation-'));
    const folder = join(temporary, 'issued');
    const clusters = new Map<string, Cluster>();
    const servers = new Map<string, Pod>();
    let world: World;
    let outsider: Network;
    let subscriber: Pod;

    beforeAll(async () => {
      world = World.start();
      outsider = world.outsider('5.5.5.5');
      const objects = minted(topology, folder);
      for (const [name, address] of [
        ['vm-a', '1.1.1.1'],
        ['vm-b', '2.2.2.2'],
      ] as const) {
        clusters.set(name, world.cluster(address, objects.get(name)!));
      }
      servers.set('vm-a', await clusters.get('vm-a')!.startPod('nats-broker-0'));
      servers.set('vm-b', await clusters.get('vm-b')!.startPod('nats-leaf-0'));
      await Promise.all([...servers.values()].map((pod) => pod.ready()));
      subscriber = await clusters.get('vm-b')!.startPod('nats-subscriber');
      await clusters.get('vm-a')!.startPod('nats-publisher');
      await flows();
    });

    afterAll(async () => {
      await world?.stop();
      rmSync(temporary, { recursive: true, force: true });
    });

    const received = () =>
      [...subscriber.logs().matchAll(/^✓ Received: Message #(\d+) /gm)].map(([, number]) => Number(number));

    /** Waits until three more messages have crossed. */
    async function flows() {
      const before = received().length;
      await until('three more messages have crossed', () => received().length >= before + 3, 40_000);
    }

    /** What `npm run synth` and `kubectl apply` do. */
    function apply() {
      const objects = minted(topology, folder);
      for (const [name, cluster] of clusters) {
        const secrets = objects.get(name)!.filter(({ kind }) => kind === 'Secret');
        cluster.apply(...secrets);
      }
    }

    /** Makes a change and brings it to the clusters. @returns how many messages were lost meanwhile */
    async function lostDuring(change: () => void, ...reloads: string[]): Promise<number> {
      const last = received().at(-1)!;
      const seen = new Map(
        reloads.map((name) => [name, servers.get(name)!.logs('config-reloader').length] as const),
      );
      change();
      apply();
      for (const [name, after] of seen) {
        const reloaded = { container: 'config-reloader', after, timeout: 30_000 };
        await servers.get(name)!.waitForLog(/nats-server runs on the current files/, reloaded);
      }
      await flows();
      const numbers = received().filter((number) => number > last);
      expect(new Set(numbers).size).toBe(numbers.length);
      return numbers.at(-1)! - last - numbers.length;
    }

    /** Serial number of the certificate that the broker shows to whoever dials its leaf port. */
    async function shownSerial(): Promise<string> {
      const show = `${needed('openssl')} s_client -connect 1.1.1.1:30722 </dev/null 2>/dev/null | ${needed('openssl')} x509 -noout -serial`;
      return (await outsider.run(['sh', '-c', show])).stdout.trim().replace('serial=', '');
    }

    const text = (file: string) => readFileSync(join(folder, file), 'utf8');
    const serial = (name: string) => parseCertificate(text(`${name}.crt`))!.serialNumber;

    /** Whether an outsider with the publisher's user and these files may publish at the broker. */
    async function admitted(crt: string, key: string, ca: string): Promise<string> {
      const password = JSON.parse(text('passwords.json'))['vm-a/natsuser'];
      const tls = ['--tlscert', crt, '--tlskey', key, '--tlsca', ca];
      const argv = [
        needed('nats'),
        '--server',
        'nats://1.1.1.1:30422',
        ...tls,
        'pub',
        'test.messages',
        'hello',
      ];
      const env = {
        PATH: process.env.PATH ?? '',
        HOME: temporary,
        NATS_USER: 'natsuser',
        NATS_PASSWORD: password,
      };
      const { code, stderr, stdout } = await outsider.run(argv, { env });
      return code === 0 ? 'admitted' : stderr + stdout;
    }

    const current = (file: string) => join(folder, file);

    it("renews the leaf's certificate", async () => {
      const lost = await lostDuring(
        () => renew(resolve(topology), folder, { certificates: ['vm-b-nats-leaf'] }),
        'vm-b',
      );
      expect(lost).toBeLessThanOrEqual(ONE_RECONNECT);
      report("the leaf's certificate", lost);
    });

    it("renews the broker's certificate and shows it to who dials", async () => {
      const before = serial('vm-a-nats-broker');
      expect(await shownSerial()).toBe(before);
      const change = () => renew(resolve(topology), folder, { certificates: ['vm-a-nats-broker'] });
      const lost = await lostDuring(change, 'vm-a');
      expect(lost).toBeLessThanOrEqual(ONE_RECONNECT);
      expect(serial('vm-a-nats-broker')).not.toBe(before);
      expect(await shownSerial()).toBe(serial('vm-a-nats-broker'));
      report("the broker's certificate", lost);
    });

    it('renews every password', async () => {
      const { passwords } = credentialPlan(resolve(topology));
      const lost = await lostDuring(() => renew(resolve(topology), folder, { passwords }), 'vm-a', 'vm-b');
      report('every password', lost);
      expect(lost).toBeLessThanOrEqual(3 * ONE_RECONNECT);
    });

    it("keeps the publisher's connection until the broker takes the new password, which may come much later", async () => {
      const last = received().at(-1)!;
      renew(resolve(topology), folder, { passwords: ['vm-a/natsuser'] });
      const secrets = minted(topology, folder)
        .get('vm-a')!
        .filter(({ kind }) => kind === 'Secret');
      const cluster = clusters.get('vm-a')!;
      cluster.apply(...secrets.filter(({ metadata }) => metadata.name === 'nats-auth'));
      const before = received().length;
      await sleep(12_000);
      expect(received().length - before).toBeGreaterThanOrEqual(10);
      const reloader = {
        container: 'config-reloader',
        after: servers.get('vm-a')!.logs('config-reloader').length,
      };
      cluster.apply(...secrets);
      await servers.get('vm-a')!.waitForLog(/nats-server runs on the current files/, reloader);
      await flows();
      const numbers = received().filter((number) => number > last);
      const lost = numbers.at(-1)! - last - numbers.length;
      expect(lost).toBeLessThanOrEqual(ONE_RECONNECT);
      report('a password that the client had first', lost);
    }, 90_000);

    it('replaces the NATS CA in three stages, after which the old certificates are refused', async () => {
      const save = (file: string) => {
        const path = join(temporary, `old-${file}`);
        writeFileSync(path, text(file));
        return path;
      };
      const oldCrt = save('vm-a-nats-publisher.crt');
      const oldKey = save('vm-a-nats-publisher.key');
      const oldCa = save('nats-ca.crt');
      const both = ['vm-a', 'vm-b'];
      const stage = (confirmed?: string) =>
        lostDuring(() => rotateRoot(resolve(topology), folder, 'nats-ca', confirmed), ...both);
      for (const confirmed of [undefined, 'bundle']) {
        const lost = await stage(confirmed);
        report(`the NATS CA, after ${confirmed ?? 'nothing'}`, lost);
        expect(lost).toBeLessThanOrEqual(3 * ONE_RECONNECT);
        expect(await admitted(oldCrt, oldKey, confirmed ? current('nats-ca.crt') : oldCa)).toBe('admitted');
      }
      const lost = await stage('switch');
      report('the NATS CA, after switch', lost);
      expect(lost).toBeLessThanOrEqual(3 * ONE_RECONNECT);
      expect(await shownSerial()).toBe(serial('vm-a-nats-broker'));
      const now = current('nats-ca.crt');
      expect(await admitted(oldCrt, oldKey, now)).toMatch(/unknown certificate authority|bad certificate/);
      const [crt, key] = [current('vm-a-nats-publisher.crt'), current('vm-a-nats-publisher.key')];
      expect(await admitted(crt, key, now)).toBe('admitted');
      expect(await admitted(crt, key, oldCa)).toMatch(/unknown authority/);
    }, 180_000);

    // On a busy machine a client may still try once with what it signed in with before, and not the second time.
    it('lets everybody in again when every connection is made anew', { retry: 1 }, async () => {
      await servers.get('vm-a')!.kill();
      const broker = await clusters.get('vm-a')!.startPod('nats-broker-0');
      await broker.ready();
      await flows();
      expect(broker.logs()).not.toMatch(/TLS handshake error|authentication error/);
    });
  },
);

const report = (what: string, lost: number) => console.log(`${what}: ${lost} messages lost`);
