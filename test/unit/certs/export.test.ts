import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { exportCommand } from '../../../certs/export-command.ts';
import { renew } from '../../../certs/rotate.ts';
import { topology as store } from '../../../examples/secret-store.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import { topology } from '../../../topology.ts';
import { filesIn } from '../../support/files.ts';
import { minted } from '../../support/minted.ts';

let issued: string;
let printed: string[];
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'export-'));
  issued = join(folder, 'issued');
  printed = [];
  const print = vi.spyOn(console, 'log').mockImplementation((text) => printed.push(text));
  const say = vi.spyOn(console, 'error').mockImplementation((text) => printed.push(text));
  onTestFinished(() => {
    print.mockRestore();
    say.mockRestore();
    rmSync(folder, { recursive: true });
  });
});

const run = (from: Topology = topology) => {
  printed = [];
  exportCommand({
    ...{ model: resolve(from), folder: issued, word: '', json: false },
    askPassphrase: () => {
      throw new Error('no passphrase is needed');
    },
  });
  return printed.join('\n');
};
const output = () => `${issued}-export`;

describe('certs export', () => {
  it('writes each Secret as one JSON object of its keys, readable by its owner alone', () => {
    run();
    const files = filesIn(output());
    expect([...files.keys()]).toMatchSnapshot();
    const secrets = [...minted(topology, issued)].flatMap(([cluster, objects]) =>
      objects.filter(({ kind }) => kind === 'Secret').map((object) => [cluster, object] as const),
    );
    for (const [cluster, { metadata, data }] of secrets) {
      const file = `${cluster}/${metadata.namespace}/${metadata.name}.json`;
      const values = Object.entries(data as Record<string, string>).map(([key, text]) => [
        key,
        Buffer.from(text, 'base64').toString(),
      ]);
      expect(JSON.parse(files.get(file)!)).toEqual(Object.fromEntries(values));
      expect(statSync(join(output(), file)).mode & 0o777).toBe(0o600);
    }
    expect(files.size).toBe(secrets.length);
    expect(statSync(output()).mode & 0o777).toBe(0o700);
  });

  it('names the entries of the store as the objects that ask for them do', () => {
    const said = run(store);
    expect(said).toMatch(
      /^office--shop--nats-orders +\S+issued-export\/office\/shop\/nats-orders\.json +new$/m,
    );
    expect(run()).toMatch(/^vm-b\/nats-system\/nats-leaf-tls +\S+ +new$/m);
  });

  it('says what has changed since the last time, and what nothing needs any more', () => {
    run();
    renew(resolve(topology), issued, { passwords: ['vm-b/natsuser'] });
    const said = run();
    expect(said.match(/^\S+(?= .+ changed$)/gm)).toEqual([
      'vm-b/nats-system/nats-leaf-accounts',
      'vm-b/nats-system/nats-auth',
    ]);
    const without = run({ ...topology, leafClusters: [] });
    expect(without).toContain(
      'vm-b/nats-system/nats-leaf-tls.json: no Secret needs it any more; take its entry out of the store too',
    );
    expect(existsSync(join(output(), 'vm-b/nats-system/nats-leaf-tls.json'))).toBe(false);
  });

  it('says that what it has written is in the clear, and shows none of it', () => {
    const said = run();
    expect(said).toContain('has keys and passwords in the clear; delete it once the store holds them');
    const passwords = Object.values(JSON.parse(readFileSync(join(issued, 'passwords.json'), 'utf8')));
    expect(passwords.filter((password) => said.includes(String(password)))).toEqual([]);
    expect(said).not.toContain('BEGIN');
  });

  it('leaves files of others alone', () => {
    run();
    const own = join(output(), 'notes.json');
    writeFileSync(own, '{}');
    run();
    expect(existsSync(own)).toBe(true);
  });
});
