import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { createCertificate, generateKey, keyPem } from '../../../certs/x509/certificate.ts';
import { accountsFile } from '../../../constructs/nats/accounts.ts';
import { Include, natsConfig } from '../../../constructs/nats/write-conf.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { topology as defaults } from '../../../topology.ts';
import { topologies } from '../../support/injection/generated-topologies.ts';
import { intendedConfigs } from '../../support/injection/intended-config.ts';
import { checkConfig, LocalServer } from '../../support/injection/local-server.ts';
import { passwordsFrom, refusal, SEED, usable } from '../../support/injection/samples.ts';
import { MAIN, serverFiles, withHashes, withPasswords } from '../../support/injection/server-files.ts';
import { attempt } from '../../support/nats-wire.ts';
import { describeReal } from '../../support/parts.ts';
import { until } from '../../support/until.ts';

const BOOTS = 25;

describeReal(['nats-server'], 'a real server takes what was generated:', () => {
  const tls = mkdtempSync(join(tmpdir(), `nats-mtls-${process.pid}-injection-`));
  afterAll(() => rmSync(tls, { recursive: true }));

  const taken = fc
    .sample(topologies, { seed: SEED, numRuns: BOOTS * 4 })
    .filter((topology) => refusal(() => resolve(topology)) === undefined)
    .slice(0, BOOTS);

  it(`every configuration of ${BOOTS} topologies`, async () => {
    const key = generateKey();
    const [notBefore, notAfter] = [new Date(), new Date(Date.now() + 3_600_000)];
    const crt = createCertificate({ commonName: 'anybody', notBefore, notAfter, pathLength: 0 }, key);
    for (const name of ['tls.crt', 'ca.crt']) writeFileSync(join(tls, name), crt);
    writeFileSync(join(tls, 'tls.key'), keyPem(key));
    for (const [i, topology] of taken.entries()) {
      for (const [name, files] of serverFiles(topology, withPasswords(passwordsFrom(usable, i * 11)))) {
        const main = files[MAIN]!.replaceAll('/etc/nats-tls', tls);
        const result = await checkConfig({ ...files, [MAIN]: main }, MAIN, { SERVER_NAME: name });
        expect(result).toMatchObject({
          code: 0,
          stderr: expect.stringMatching(/configuration file .* is valid/),
        });
      }
    }
  });

  it(`the login of every user of ${BOOTS} brokers`, async () => {
    expect(taken).toHaveLength(BOOTS);
    for (const [i, topology] of taken.entries()) {
      const password = passwordsFrom(usable, i * 11);
      const { name } = topology.brokerCluster;
      const files = serverFiles(topology, withHashes(password)).get(name)!;
      const { accounts } = intendedConfigs(topology, password).get(name) as { accounts: Accounts };
      const server = accountsServer(files['nats-auth/accounts.conf']!);
      try {
        const port = await server.port();
        for (const { user, password: pass, allowed_connection_types } of [
          ...accounts.APP.users,
          ...accounts.SYS.users,
        ]) {
          const answer = await signIn(port, user, pass);
          const expected = allowed_connection_types[0] === 'STANDARD' ? /PONG/ : /Authorization Violation/;
          expect([topology, user, answer]).toEqual([topology, user, expect.stringMatching(expected)]);
        }
      } finally {
        server.stop();
      }
    }
  });

  it('300 passwords, and none of them with one more character', async () => {
    const pool = [...new Set(usable)].slice(0, 300);
    const names = pool.map((_, i) => `user-${i}`);
    const users = names.map((name) => ({ name, connects: 'STANDARD' as const }));
    const credentials = withHashes((name) => pool[names.indexOf(name.slice('vm-a/'.length))] ?? 'sys');
    const server = accountsServer(
      accountsFile({ cluster: 'vm-a', jetStream: undefined }, users, credentials),
    );
    try {
      const port = await server.port();
      for (const [i, pass] of pool.entries()) {
        expect([pass, await signIn(port, `user-${i}`, pass)]).toEqual([pass, expect.stringMatching(/PONG/)]);
        expect(await signIn(port, `user-${i}`, `${pass}x`)).toMatch(/Authorization Violation/);
      }
    } finally {
      server.stop();
    }
  });

  it('60 leaves with passwords in the URL of their remote', async () => {
    const pool = [...new Set(usable)].slice(0, 60);
    const { topology, password } = manyLeaves(pool);
    const files = serverFiles(topology, withHashes(password));
    const hub = new LocalServer({
      'nats.conf': natsConfig({
        ...listening(),
        ...accounts(),
        leafnodes: { host: '127.0.0.1', port: LEAF_PORT },
      }),
      'accounts.conf': files.get('vm-a')!['nats-auth/accounts.conf']!,
    });
    const leaf = new LocalServer({
      ...Object.fromEntries(
        pool.map((_, i) => [`remote-${i}.conf`, files.get(`leaf-${i}`)!['nats-auth/remote.conf']!]),
      ),
      'nats.conf': natsConfig({
        ...listening(),
        accounts: Object.fromEntries(pool.map((_, i) => [`A${i}`, { jetstream: false }])),
        leafnodes: {
          remotes: pool.map((_, i) => ({ file: new Include(`remote-${i}.conf`), account: `A${i}` })),
        },
      }),
    });
    try {
      await Promise.all([hub.port(), leaf.port()]);
      const joined = () => leaf.log.text.match(/JetStream using domains/g)?.length === pool.length;
      await until('every leaf has joined', joined).catch((error) => {
        throw new Error(`${error.message}\n${hub.log.text.slice(-2000)}`);
      });
      expect(hub.log.text).not.toMatch(/authentication error/);
    } finally {
      leaf.stop();
      hub.stop();
    }
  });
});

/** What of `accounts` a configuration has to hold. */
type Accounts = Record<
  'APP' | 'SYS',
  { users: { user: string; password: string; allowed_connection_types: string[] }[] }
>;

const listening = () => ({ host: '127.0.0.1', port: -1 });

const accounts = () => ({ system_account: 'SYS', accounts: { file: new Include('accounts.conf') } });

/** A server with these accounts that lets clients in without TLS. */
const accountsServer = (text: string) =>
  new LocalServer({ 'nats.conf': natsConfig({ ...listening(), ...accounts() }), 'accounts.conf': text });

async function signIn(port: number, user: string, pass: string): Promise<string> {
  return (await attempt({ host: '127.0.0.1', port, tls: 'none', connect: { user, pass } })).answers;
}

/** Within the NodePorts, and not the same for two test processes. */
const LEAF_PORT = 30000 + (process.pid % 2000);

/** A broker on this machine with one leaf for each password. */
function manyLeaves(pool: readonly string[]) {
  const topology: Topology = {
    brokerCluster: {
      ...defaults.brokerCluster,
      address: '127.0.0.1',
      leafListener: { nodePort: LEAF_PORT, tls: false, insecurePlaintext: true },
    },
    leafClusters: pool.map((_, i) => ({
      ...{ name: `leaf-${i}`, address: '127.0.0.1', issuer: `issuer-${i}` },
      networks: ['127.0.0.1/32'],
      link: { kind: 'plaintext', insecurePlaintext: true },
    })),
  };
  const password = (name: string) => pool[Number(/^vm-a\/leaf-leaf-(\d+)$/.exec(name)?.[1])] ?? 'another';
  return { topology, password };
}
