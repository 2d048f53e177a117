import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { examine } from '../../../doctor/doctor.ts';
import { withCredentials } from '../../../kube/credentials.ts';
import { KubeClient } from '../../../kube/kube-client.ts';
import { configFor, loadKubeconfig } from '../../../kube/kubeconfig.ts';
import { resolve } from '../../../model/resolve.ts';
import { topology } from '../../../topology.ts';
import { type ApiAnswer, fakeApi, fakeProxy } from '../../support/doctor/fake-api.ts';
import { bad } from '../../support/doctor/scene.ts';

const stops: (() => unknown)[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nats-mtls-credentials-'));
  stops.push(() => rmSync(folder, { recursive: true }));
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A server that tells its version and knows nothing else, and keeps what it was asked. */
async function api(answer: () => ApiAnswer = () => ({ status: 404 })) {
  const server = await fakeApi(({ url }) =>
    url === '/version' ? { status: 200, body: { gitVersion: 'v1.34.4' } } : answer(),
  );
  stops.push(server.stop);
  return server;
}

type Api = Awaited<ReturnType<typeof api>>;

/** A kubeconfig with one user, who is called as the default topology's clusters are, and both of these. */
function kubeconfig(server: Api, user: object, url = `https://127.0.0.1:${server.port}`) {
  const path = join(folder, 'config');
  const names = ['vm-a', 'vm-b'];
  const cluster = { server: url, 'certificate-authority-data': server.caData };
  writeFileSync(
    path,
    stringify({
      clusters: names.map((name) => ({ name, cluster })),
      users: [{ name: 'somebody', user }],
      contexts: names.map((name) => ({ name, context: { cluster: name, user: 'somebody' } })),
    }),
  );
  return loadKubeconfig({ KUBECONFIG: path });
}

/** A user with a plugin beside the kubeconfig, which is a shell script. */
function plugin(script: string, more: object = {}) {
  const file = join(folder, 'plugin.sh');
  writeFileSync(file, `#!/bin/sh\necho run >>${join(folder, 'runs')}\n${script}\n`);
  chmodSync(file, 0o755);
  return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin.sh', ...more } };
}

const runs = () =>
  existsSync(join(folder, 'runs')) ? readFileSync(join(folder, 'runs'), 'utf8').split('\n').length - 1 : 0;

const CREDENTIAL = `echo '{"kind":"ExecCredential","status":{"token":"a-token"}}'`;

const look = (config: ReturnType<typeof kubeconfig>, change: object = {}) =>
  examine({
    ...{ model: resolve(topology), kubeconfig: config, issued: join(folder, 'nowhere') },
    chosen: [{ cluster: 'vm-a', context: 'vm-a' }],
    ...change,
  });

it('runs a plugin once for a context, however long that takes, and shows its token with each request', async () => {
  const server = await api();
  const config = kubeconfig(server, plugin(`sleep 0.6\n${CREDENTIAL}`));
  const findings = await look(config, { patience: 500 });
  expect(findings).toContainEqual({
    ...{ cluster: 'vm-a', check: 'api server', level: 'ok', what: 'Kubernetes v1.34.4' },
  });
  expect(runs()).toBe(1);
  expect(server.requests.length).toBeGreaterThan(3);
  expect(new Set(server.requests.map(({ headers }) => headers.authorization))).toEqual(
    new Set(['Bearer a-token']),
  );
});

it('gives up a plugin that hangs, and says so of the credentials alone', async () => {
  const server = await api();
  const config = kubeconfig(server, plugin('sleep 300'));
  const findings = await look(config, { signInPatience: 300 });
  expect(bad(findings)).toEqual([
    expect.stringMatching(/nowhere is not here$/),
    `unknown vm-a credentials: the credential plugin ${folder}/plugin.sh gave none: it did not answer within 0.3 s`,
  ]);
  expect(server.requests).toEqual([]);
});

it.each([
  ['fails', 'exit 3', 'gave none: it ended with 3'],
  [
    'writes something else',
    'echo {a-token}',
    'gave none: what it wrote is no ExecCredential with a token or certificate',
  ],
])('says what a plugin did that %s, and nothing of what it wrote', async (_, script, what) => {
  const config = kubeconfig(await api(), plugin(script));
  const findings = await look(config);
  expect(bad(findings)).toContain(
    `unknown vm-a credentials: the credential plugin ${folder}/plugin.sh ${what}`,
  );
  expect(JSON.stringify(findings)).not.toContain('a-token');
});

it('passes on how to install a plugin that is not there', async () => {
  const exec = { command: 'nats-mtls-no-such-plugin', installHint: 'see https://example.com\nand more' };
  expect(bad(await look(kubeconfig(await api(), { exec })))).toContain(
    'unknown vm-a credentials: the credential plugin nats-mtls-no-such-plugin is not there; see https://example.com',
  );
});

it('tells a plugin what kubectl does', async () => {
  const server = await api();
  const told = join(folder, 'told');
  const user = plugin(`echo "$KUBERNETES_EXEC_INFO $OWN $0 $1" >${told}\n${CREDENTIAL}`, {
    ...{ args: ['--token'], env: [{ name: 'OWN', value: 'yes' }], provideClusterInfo: true },
    interactiveMode: 'Never',
  });
  await look(kubeconfig(server, user));
  const cluster = { server: `https://127.0.0.1:${server.port}`, 'certificate-authority-data': server.caData };
  const info = {
    ...{ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1' },
    spec: { interactive: false, cluster },
  };
  const [json, ...words] = readFileSync(told, 'utf8').trim().split(' ');
  expect(JSON.parse(json!)).toEqual(info);
  expect(words).toEqual(['yes', `${folder}/plugin.sh`, '--token']);
});

it('reads a tokenFile beside the kubeconfig, which counts before a token, and says when it cannot', async () => {
  const server = await api();
  writeFileSync(join(folder, 'token'), 'from-a-file\n');
  await look(kubeconfig(server, { tokenFile: 'token', token: 'another' }));
  expect(server.requests[0]?.headers.authorization).toBe('Bearer from-a-file');
  expect(bad(await look(kubeconfig(server, { tokenFile: 'nowhere' })))).toContain(
    `unknown vm-a credentials: the tokenFile ${folder}/nowhere cannot be read (ENOENT)`,
  );
});

it('stops where the server does not know who asks, instead of asking for rights', async () => {
  const anonymous = 'forbidden: User "system:anonymous" cannot get path "/api/v1"';
  for (const [answer, what] of [
    [{ status: 403, body: { message: anonymous } }, 'takes the user of the context for system:anonymous'],
    [{ status: 401 }, 'does not accept the credentials of the context'],
  ] as const) {
    const findings = await look(kubeconfig(await api(() => answer), {}));
    expect(bad(findings).slice(1)).toEqual([`unknown vm-a credentials: the API server ${what}`]);
  }
});

it('names the ClusterRole for paths where a path may not be read', async () => {
  const server = await api(() => ({ status: 403, body: { message: 'User "someone" cannot get path' } }));
  const findings = await look(kubeconfig(server, { token: 'a-token' }));
  expect(findings).toContainEqual({
    ...{ cluster: 'vm-a', check: 'linkerd', level: 'unknown' },
    ...{ what: 'may not get /apis/apps/v1', why: 'this could not be looked at' },
    remedy: 'bind the ClusterRole system:discovery, which everybody who is signed in has by default',
  });
});

it('goes through the proxy of HTTPS_PROXY, and not where NO_PROXY names the server', async () => {
  const server = await api();
  const proxy = await fakeProxy(server.port);
  stops.push(proxy.stop);
  const all = kubeconfig(server, { token: 'a-token' }, 'https://api.example.com:6443');
  const config = configFor(all, { cluster: 'vm-a', context: 'vm-a' });
  const through = async (env: NodeJS.ProcessEnv) =>
    (await new KubeClient(await withCredentials(config, 1000, env), 2000).version()).version;
  expect(await through({ HTTPS_PROXY: proxy.url })).toBe('v1.34.4');
  expect(proxy.asked).toEqual(['CONNECT api.example.com:6443 HTTP/1.1']);
  await expect(through({ HTTPS_PROXY: proxy.url, NO_PROXY: 'example.com' })).rejects.toThrow(
    /could not be reached|did not answer/,
  );
  expect(proxy.asked).toHaveLength(1);
});

it('asks a busy server again, and says so in the end where it stays busy', async () => {
  const busy = { status: 429, headers: { 'retry-after': '0' } };
  for (const [times, outcome] of [
    [2, undefined],
    [9, 'the API server answered /api/v1 with 429'],
  ] as const) {
    let asked = 0;
    const server = await api(() => (asked++ < times ? busy : { status: 404 }));
    const config = configFor(kubeconfig(server, {}), { cluster: 'vm-a', context: 'vm-a' });
    const list = new KubeClient(config, 2000).list('v1', 'Pod');
    if (outcome) await expect(list).rejects.toThrow(outcome);
    else expect(await list).toBeUndefined();
  }
});
