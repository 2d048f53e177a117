import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { topology } from '../../../examples/cert-manager.ts';
import { ApiServer } from '../../support/cluster/api-server.ts';
import { minted } from '../../support/minted.ts';
import { describeReal } from '../../support/parts.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const CRDS = join(root, 'imports', 'crds', 'cert-manager.io.yaml');
const DAY = 86_400_000;
const inDays = (days: number) => `${new Date(Date.now() + days * DAY).toISOString().slice(0, 19)}Z`;

describeReal(['etcd', 'kube-apiserver', 'kubectl'], 'certs check of clusters with cert-manager', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-live-'));
  const issued = join(folder, 'issued');
  let server: ApiServer;

  /** Both clusters have their objects on the one API server, each its own. */
  const check = (...words: string[]) => {
    const contexts = ['--context', 'vm-a=test', '--context', 'vm-b=test'];
    const all = ['certs', 'check', '--folder', issued, ...(words.length > 0 ? [...words, ...contexts] : [])];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'bin', 'nats-mtls.mjs'), ...all],
      { cwd: folder, encoding: 'utf8', env: { ...process.env, KUBECONFIG: server.kubeconfig } },
    );
    return { status, said: `${stdout}${stderr}` };
  };

  const tell = (certificate: string, status: object) =>
    server.must([
      ...['-n', 'nats-system', 'patch', 'certificate', certificate, '--subresource=status', '--type=merge'],
      ...['-p', JSON.stringify({ status })],
    ]);

  const ready = { type: 'Ready', status: 'True', reason: 'Ready', message: 'up to date' };

  beforeAll(async () => {
    const text = `export { topology } from ${JSON.stringify(join(root, 'examples', 'cert-manager.ts'))};\n`;
    writeFileSync(join(folder, 'topology.ts'), text);
    const objects = [...minted(topology, issued).values()].flat();
    server = await ApiServer.start();
    await server.applyCrds(CRDS);
    const [namespace] = objects.filter(({ kind }) => kind === 'Namespace');
    await server.apply([namespace!, ...objects.filter(({ kind }) => kind === 'Certificate')]);
  }, 60_000);

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  it('says that there are others, where it is not told to ask for them', () => {
    const { status, said } = check();
    expect(status).toBe(0);
    expect(said).toContain('vm-a, vm-b: cert-manager makes certificates there; --live asks for them too.');
    expect(said).not.toContain('nats-broker-tls');
  });

  it('finds those that are wrong that nobody has made', () => {
    const { status, said } = check('--live');
    expect(status).toBe(1);
    expect(said).toContain('vm-a/nats-broker-tls: cert-manager has not made it.');
    expect(said).toContain('vm-b/nats-leaf-tls: cert-manager has not made it.');
  });

  it('says when each of them ends', async () => {
    const made = {
      conditions: [ready],
      notBefore: inDays(-10),
      notAfter: inDays(80.5),
      renewalTime: inDays(50),
    };
    for (const name of ['nats-broker-tls', 'nats-publisher-tls', 'nats-leaf-tls']) await tell(name, made);
    const { status, said } = check('--live');
    expect({ status, said }).toMatchObject({ status: 0 });
    expect(said).toMatch(
      /^server +vm-a\/nats-broker-tls +CN=nats-broker +cert-manager +\S+ +\S+ +80 +vm-a: Secret nats-system\/nats-broker-tls$/m,
    );
    expect(said).toMatch(/^leaf +vm-b\/nats-leaf-tls +CN=leaf-vm-b +cert-manager /m);
    const { certificates } = JSON.parse(check('--live', '--json').said);
    expect(certificates.map(({ name }: { name: string }) => name)).toContain('vm-b/nats-leaf-tls');
  });

  it('finds one that was to be renewed and was not, with what cert-manager says', async () => {
    const conditions = [{ ...ready, status: 'False', message: 'secret "nats-issuer" not found' }];
    await tell('nats-leaf-tls', { conditions, renewalTime: inDays(-3) });
    const { status, said } = check('--live');
    expect(status).toBe(1);
    expect(said).toContain(
      `vm-b/nats-leaf-tls: cert-manager was to renew it on ${inDays(-3).slice(0, 10)}, and has not; it says: secret "nats-issuer" not found.`,
    );
  });

  it('says which cluster could not be asked, and is not content then', () => {
    const text = readFileSync(server.kubeconfig, 'utf8');
    const nobody = text.replace(/server: .+/, 'server: https://127.0.0.1:9');
    writeFileSync(server.kubeconfig, nobody);
    const { status, said } = check('--live');
    expect(status).toBe(1);
    expect(said).toMatch(/^vm-a: could not be asked; .+\.$/m);
    expect(said).toMatch(/^vm-b: could not be asked; .+\.$/m);
  });
});
