import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { topology } from '../../../topology.ts';
import { addUser } from '../../support/cluster/api-user.ts';
import { run } from '../../support/command.ts';
import { DOCTOR_PARTS, DoctorScene } from '../../support/doctor/scene.ts';
import { describeReal, needed } from '../../support/parts.ts';
import { copyOfTheProject, removeCopies } from '../dist/copy.ts';

describeReal(DOCTOR_PARTS, 'nats-mtls shell, at the default topology', () => {
  let scene: DoctorScene;
  let project: string;
  /** Where the command puts its files. */
  let temporary: string;

  beforeAll(async () => {
    scene = new DoctorScene(topology);
    await scene.start();
    await scene.cluster('vm-a').startPod('nats-broker-0');
    await scene.cluster('vm-b').startPod('nats-leaf-0');
    project = copyOfTheProject();
    cpSync(scene.issued, join(project, 'certs', 'issued'), { recursive: true, dereference: true });
    temporary = mkdtempSync(join(tmpdir(), 'nats-mtls-shell-test-'));
  });

  afterEach(() => {
    scene.reachAsAdministrator();
    expect(readdirSync(temporary)).toEqual([]);
  });

  afterAll(async () => {
    removeCopies();
    if (temporary) rmSync(temporary, { recursive: true });
    await scene?.stop();
  });

  const shell = (words: readonly string[], more: { stdin?: string; env?: Record<string, string> } = {}) =>
    run([process.execPath, join(project, 'bin', 'nats-mtls.mjs'), 'shell', ...words], {
      ...{ cwd: project, timeout: 60_000, stdin: more.stdin ?? '' },
      env: {
        PATH: [dirname(needed('nats')), process.env.PATH ?? ''].join(delimiter),
        ...{ KUBECONFIG: scene.kubeconfig, TMPDIR: temporary, HOME: temporary, NO_COLOR: '1', ...more.env },
      },
    });

  it.each(['vm-a', 'vm-b'])(
    'lets the nats command ask the server of %s as the system user',
    async (cluster) => {
      const { code, stdout, stderr } = await shell([cluster, '--', 'nats', 'server', 'ls']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(cluster === 'vm-a' ? 'vm-a-nats-broker-0' : 'vm-b-nats-leaf-0');
    },
  );

  it('signs in as another user, whose own inbox the replies come to', async () => {
    const other = ['nats', 'pub', 'test.messages', 'one'];
    expect(await shell(['vm-a', '--user', 'natsuser', '--', ...other])).toMatchObject({ code: 0 });
    const denied = await shell(['vm-b', '--user', 'natsuser', '--', ...other]);
    expect(denied.stderr + denied.stdout).toMatch(/permissions violation/i);
    const inbox = ['sh', '-c', 'cat $NATS_CONTEXT; echo " $NATS_USER"'];
    expect((await shell(['vm-a', '--user', 'natsuser', '--', ...inbox])).stdout).toBe(
      '{"inbox_prefix":"_INBOX_natsuser"} natsuser\n',
    );
  });

  it('gives a shell of the person the way, in variables and in files that nobody else can read', async () => {
    const script = `
set -e
stat -c '%a' "$(dirname "$NATS_KEY")" "$NATS_KEY" "$NATS_CERT" "$NATS_CA" | sort -u
echo "\${NATS_CREDS-none of before} $NATS_MTLS_CLUSTER"
tr '\\0' ' ' </proc/$PPID/cmdline
nats rtt >/dev/null
exit 7`;
    const env = { SHELL: '/bin/sh', NATS_CREDS: '/somewhere/else.creds' };
    const { code, stdout, stderr } = await shell(['vm-a'], { stdin: script, env });
    expect(stderr).toBe('sys on nats-broker-0 of vm-a; the way ends with this shell\n');
    expect(stdout).toMatch(/^600\n700\nnone of before vm-a\n/);
    expect(code).toBe(7);
    for (const secret of scene.secrets()) expect(stdout + stderr).not.toContain(secret);
  });

  it('passes a signal on, takes its files away after it, and ends as the command did', async () => {
    const script = 'trap "exit 9" TERM; kill -TERM $PPID; sleep 5 >/dev/null 2>&1 & wait $!';
    expect(await shell(['vm-a', '--', 'sh', '-c', script])).toMatchObject({ code: 9 });
    expect(await shell(['vm-a', '--', 'sh', '-c', 'kill -KILL $$'])).toMatchObject({ code: 137 });
  });

  it('says in one line why a command cannot be started', async () => {
    expect(await shell(['vm-a', '--', 'no-such-command'])).toEqual({
      ...{ code: 1, stdout: '' },
      stderr:
        'npx nats-mtls shell `no-such-command`: is no command on this machine; install it, or write its path.\n',
    });
  });

  it('says in one line that a context is missing', async () => {
    const { code, stderr } = await shell(['vm-a', '--context', 'elsewhere', '--', 'true']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'npx nats-mtls shell `--context`: "elsewhere", for vm-a, is not in the kubeconfig; write --context vm-a=vm-b or vm-a.\n',
    );
  });

  it('says in one line that the person may not open a port-forward', async () => {
    const token = await addUser(scene.cluster('vm-a').api, 'watcher', [
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
    ]);
    scene.reachAs({ 'vm-a': { ...scene.cluster('vm-a').access, token } });
    const { code, stdout, stderr } = await shell(['vm-a', '--', 'echo', 'started']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      'npx nats-mtls shell `vm-a`: the port-forward to nats-broker-0 is refused (may not get pods/portforward in nats-system); npx nats-mtls doctor --cluster vm-a says more.\n',
    );
  });

  it('says in one line that no server runs', async () => {
    scene.reachAs({ 'vm-b': scene.cluster('vm-a').access });
    const { code, stderr } = await shell(['vm-b', '--', 'true']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'npx nats-mtls shell `vm-b`: nats-leaf has no pod that runs in nats-system; npx nats-mtls doctor --cluster vm-b says more.\n',
    );
  });

  it('says in one line that the server does not take the credentials', async () => {
    const { code, stdout, stderr } = await shell(['vm-a', '--folder', 'elsewhere', '--', 'true']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      'npx nats-mtls shell `elsewhere`: elsewhere is not here; run this where the credentials are kept, or name their folder with --folder.\n',
    );
    const other = [process.execPath, join(project, 'bin', 'nats-mtls.mjs'), 'certs', '--folder', 'other'];
    expect(await run(other, { cwd: project, timeout: 60_000 })).toMatchObject({ code: 0 });
    expect((await shell(['vm-b', '--folder', 'other', '--', 'true'])).stderr).toBe(
      'npx nats-mtls shell `vm-b`: nats-leaf-0 did not let sys sign in (Authorization Violation); npx nats-mtls doctor --cluster vm-b says more.\n',
    );
  });
});
