import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { minted } from '../minted.ts';
import type { Attempt, Identity, Outcome } from '../nats-wire.ts';
import type { Pod } from '../stage/pod.ts';
import { World } from '../stage/world.ts';
import { threeClusters, withoutVmC } from '../three-clusters.ts';
import { until } from '../until.ts';
import { AttackCredentials } from './credentials.ts';
import { Outsider } from './outsider.ts';
import { rogueLeaf } from './rogue-leaf.ts';

/** What somebody shows to be let in. */
export interface Login {
  readonly identity?: Identity;
  readonly user?: string;
  readonly pass?: string;
}

/** Whether somebody was let in, and what he was told, or where a broker is posed as, what that was told. */
export interface Sight {
  readonly admitted: boolean;
  readonly told: string;
}

type Words = Partial<Pick<Attempt, 'tls' | 'lines' | 'until'>>;

/** Three clusters from unmodified manifests, an attacker at 6.6.6.6 who holds every credential, and a client at 7.7.7.7. */
export class AttackScene {
  readonly folder = mkdtempSync(join(tmpdir(), `nats-mtls-${process.pid}-attacks-`));
  readonly world = World.start();
  readonly objects = minted(threeClusters, this.issued);
  readonly credentials = new AttackCredentials(this.issued);
  readonly a = this.cluster('1.1.1.1', 'vm-a');
  readonly b = this.cluster('2.2.2.2', 'vm-b');
  readonly c = this.cluster('3.3.3.3', 'vm-c');
  readonly attacker = new Outsider(this.world.outsider('6.6.6.6'));
  readonly external = new Outsider(this.world.outsider('7.7.7.7'));
  /** Somebody on vm-b's node, beside the pods and outside the mesh. */
  readonly neighbour = new Outsider(this.b.node);

  /** Starts the servers and the demonstration, and waits until they are ready. */
  async start() {
    const servers = await Promise.all([
      this.a.startPod('nats-broker-0'),
      this.b.startPod('nats-leaf-0'),
      this.c.startPod('nats-leaf-0'),
    ]);
    await Promise.all(servers.map((pod) => pod.ready()));
    await this.b.startPod('nats-subscriber');
    await this.a.startPod('nats-publisher');
  }

  async stop() {
    await this.world.stop();
    rmSync(this.folder, { recursive: true });
  }

  get broker(): Pod {
    return this.a.pods.get('nats-broker-0')!;
  }

  get leaf(): Pod {
    return this.b.pods.get('nats-leaf-0')!;
  }

  get pods(): Pod[] {
    return [this.a, this.b, this.c].flatMap(({ pods }) => [...pods.values()]);
  }

  /** The certificate of this file name, and name and password of a user of the broker. */
  login = (certificate: string, user: string): Login => ({
    identity: this.credentials.minted(certificate),
    user,
    pass: this.credentials.password(`vm-a/${user}`),
  });

  /** Dials the broker's client listener. */
  async client(login: Login, words: Words = {}, from = this.attacker): Promise<Sight> {
    const sight = this.sight(await from.attempt(this.attempt(30422, { tls: 'upgrade', ...words }, login)));
    if (sight.admitted) return sight;
    const closed = await this.monitor(this.broker, 'connz?state=closed&sort=stop&limit=1');
    return { ...sight, told: `${sight.told} ${/"reason": "[^"]*"/.exec(closed)?.[0]}` };
  }

  /** Dials the broker's leaf listener in a leaf's protocol, but by hand. */
  async leafByHand(login: Login, words: Words = {}): Promise<Sight> {
    return this.sight(await this.attacker.attempt(this.attempt(30722, { tls: 'first', ...words }, login)));
  }

  /** Dials the broker's leaf listener with a real nats-server, and tells what that logs. */
  async realLeaf({ identity, user = '', pass = '' }: Login): Promise<Sight> {
    const { natsCa: ca } = this.credentials;
    const leaf = rogueLeaf(this.attacker.network, this.folder, { user, password: pass, ca, identity });
    await leaf.log.waitFor(/JetStream using domains|Leafnode connection closed/);
    const admitted = (await this.leaves()).includes('rogue');
    leaf.stop();
    return { admitted, told: leaf.log.text };
  }

  /** Dials the client listener of vm-b's leaf, within its pod network. */
  async leafClient(login: Login, words: Words = {}): Promise<Sight> {
    const attempt = { ...this.attempt(4222, { tls: 'none', ...words }, login), host: this.leaf.ip };
    return this.sight(await this.neighbour.attempt(attempt));
  }

  /** Has the attacker answer at vm-a's address, as somebody on the way can, until the leaf of vm-b has turned away. */
  async pose(identity?: Identity): Promise<Sight> {
    await this.attacker.pose(7422, identity);
    const before = this.leaf.logs().length;
    await this.redirect('6.6.6.6');
    const turn =
      /lid:(\d+) - Leafnode connection created.*lid:\1 - (JetStream using domains|.* closed: TLS)/s;
    const [, , trusted] = await this.leaf.waitForLog(turn, { after: before });
    const report = () => this.attacker.report();
    const told = trusted?.startsWith('JetStream')
      ? await until('the impostor is told something', async () => (await report()) || undefined)
      : await report();
    return { admitted: told.includes('"pass":'), told: JSON.stringify(told) };
  }

  /** Leads those who dial vm-a's leaf port to another address. */
  async redirect(host: string) {
    await this.a.nodePorts.target(30722, [{ host, port: 7422 }]);
    await this.a.nodePorts.cut(30722);
    await this.a.nodePorts.heal(30722);
  }

  /** Waits until a cluster's own leaf is joined to the broker. */
  async ownLeaf(cluster: string): Promise<Sight> {
    const name = `${cluster}-nats-leaf-0`;
    await until(`${name} is a leaf of the broker`, async () => (await this.leaves()).includes(name));
    return { admitted: true, told: `leaf ${name}` };
  }

  /** Names of the leaf servers that are joined to the broker. */
  async leaves(): Promise<string[]> {
    const { leafs = [] } = JSON.parse(await this.monitor(this.broker, 'leafz'));
    return leafs.map(({ name }: { name: string }) => name);
  }

  /** A page of a server's monitoring port. */
  async monitor(pod: Pod, page: string): Promise<string> {
    return (await pod.exec(['wget', '-q', '-O', '-', `http://127.0.0.1:8222/${page}`])).stdout;
  }

  /** Gives the broker the Secrets of the topology without vm-c. */
  removeVmC() {
    const secrets = minted(withoutVmC, this.issued)
      .get('vm-a')!
      .filter(({ kind }) => kind === 'Secret');
    this.a.apply(...secrets);
  }

  private get issued() {
    return join(this.folder, 'issued');
  }

  private cluster(address: string, name: string): Cluster {
    return this.world.cluster(address, this.objects.get(name)!);
  }

  private attempt(port: number, words: Words & Pick<Attempt, 'tls'>, login: Login): Attempt {
    const { identity, ...connect } = login;
    return { host: '1.1.1.1', port, ...words, ca: this.credentials.natsCa, identity, connect };
  }

  private sight = ({ answers, error }: Outcome): Sight => ({
    admitted: /^PONG/m.test(answers),
    told: `${answers}${error}`,
  });
}
