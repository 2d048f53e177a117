import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CERTIFICATES_FILE } from '../../../synth/expiry-rules.ts';
import { SECRETS_FILE } from '../../../synth/secrets.ts';
import { secrets } from '../../support/certs/fixtures.ts';
import { filesIn } from '../../support/files.ts';
import { committable, copyOf, copyOfTheProject, removeCopies, root, synth } from './copy.ts';

const hasGit = spawnSync('git', ['--version']).status === 0;

const committed = (folder: string) => {
  const files = filesIn(join(folder, 'dist'));
  for (const path of files.keys()) {
    if (path.endsWith(SECRETS_FILE) || path.endsWith(CERTIFICATES_FILE)) files.delete(path);
  }
  return files;
};

let minted: string;
let run: ReturnType<typeof synth>;
beforeAll(() => {
  minted = copyOfTheProject();
  run = synth(minted);
});
afterAll(removeCopies);

it('mints and writes everything on a fresh machine, as committed', () => {
  expect({ status: run.status, stdout: run.stdout }).toEqual({ status: 0, stdout: '' });
  expect(run.stderr).toMatch(/^2 clusters in .+; next: kubectl apply -f dist\/<cluster>, for each of them$/m);
  expect(committed(minted)).toEqual(committed(root));
  for (const cluster of ['vm-a', 'vm-b']) {
    expect(statSync(join(minted, 'dist', cluster, SECRETS_FILE)).mode & 0o777).toBe(0o600);
  }
});

it('writes the same manifests with other credentials', () => {
  const folder = copyOfTheProject();
  expect(synth(folder).status).toBe(0);
  const secretsOf = (project: string) => readFileSync(join(project, 'dist', 'vm-a', SECRETS_FILE), 'utf8');
  expect(secretsOf(folder)).not.toBe(secretsOf(minted));
  expect(committed(folder)).toEqual(committed(minted));
});

describe('with the Prometheus Operator watching vm-a', () => {
  const asked = (folder: string, more = '') => {
    const text = readFileSync(join(folder, 'topology.ts'), 'utf8');
    const watched = "scraper: { networks: 'anywhere' }, monitoring: { kind: 'prometheus-operator' },";
    const changed = text.replace('brokerCluster: {', `${more}brokerCluster: { ${watched}`);
    writeFileSync(join(folder, 'topology.ts'), changed);
    return synth(folder);
  };
  let watched: string;
  beforeAll(() => {
    watched = copyOfTheProject();
    expect(asked(watched)).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(
        /^then, where the Prometheus Operator runs: kubectl apply -f dist\/<cluster>\/monitoring$/m,
      ),
    });
  });

  it('writes beside the manifests what depends on the credentials, and keeps it out of git', () => {
    const monitoring = join('dist', 'vm-a', 'monitoring');
    expect([...filesIn(join(watched, monitoring)).keys()]).toEqual([
      'Kustomization',
      'alerts.k8s.yaml',
      'certificates.k8s.yaml',
      'dashboard.k8s.yaml',
      'scraping.k8s.yaml',
    ]);
    if (hasGit) {
      expect(committable(watched).filter((path) => path.startsWith(monitoring))).toEqual(
        ['Kustomization', 'alerts.k8s.yaml', 'dashboard.k8s.yaml', 'scraping.k8s.yaml'].map((name) =>
          join(monitoring, name),
        ),
      );
    }
  });

  it('writes the same manifests with other credentials and with none', () => {
    const [other, none] = [copyOfTheProject(), copyOfTheProject()];
    expect(asked(other).status).toBe(0);
    const { status, stderr } = asked(none, "secrets: 'external',\n  ");
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^vm-a: no monitoring\/certificates\.k8s\.yaml without minted certificates; have /m,
    );
    expect(stderr).not.toMatch(/^vm-b: no /m);
    expect(committed(other)).toEqual(committed(watched));
    expect(filesIn(join(none, 'dist'))).toEqual(committed(watched));
  });

  it('takes the folder away when nothing is to be watched any more', () => {
    const folder = copyOf(watched);
    writeFileSync(join(folder, 'topology.ts'), readFileSync(join(root, 'topology.ts')));
    expect(synth(folder).status).toBe(0);
    expect(committed(folder)).toEqual(committed(root));
    expect(existsSync(join(folder, 'dist', 'vm-a', 'monitoring'))).toBe(false);
  });
});

it.skipIf(!hasGit)('lets no secret into anything that git would commit, nor into what it prints', () => {
  const all = secrets(join(minted, 'certs', 'issued'));
  const within = (text: string) =>
    all.filter((secret) => text.includes(secret) || text.includes(Buffer.from(secret).toString('base64')));
  const paths = committable(minted);
  expect(paths).toEqual(expect.arrayContaining(['main.ts', 'dist/vm-a/workloads.k8s.yaml']));
  expect(paths.filter((path) => within(readFileSync(join(minted, path), 'utf8')).length > 0)).toEqual([]);
  expect(within(run.stdout + run.stderr)).toHaveLength(0);
  // The same search finds every one of them where it belongs.
  expect(all.length).toBeGreaterThan(20);
  expect(within([...filesIn(minted).values()].join('\n'))).toEqual(all);
});

it('takes the credentials from another folder where the call names one, as the steps of `npm run certs` do', () => {
  const folder = copyOf(minted);
  const elsewhere = join(folder, 'elsewhere');
  renameSync(realpathSync(join(folder, 'certs', 'issued')), elsewhere);
  rmSync(join(folder, 'certs', 'issued'));
  expect(synth(folder, '--folder', 'elsewhere').status).toBe(0);
  expect(filesIn(join(folder, 'dist'))).toEqual(filesIn(join(minted, 'dist')));
  expect(existsSync(join(folder, 'certs', 'issued'))).toBe(false);
});

it.each([['--colour'], ['--folder='], ['again']])('answers %s with the usage', (...words) => {
  const { status, stderr } = synth(minted, ...words);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^USAGE nats-mtls synth /m);
});

it('writes nothing at all when the topology is refused', () => {
  const folder = copyOfTheProject();
  const before = filesIn(folder);
  const bad = readFileSync(join(folder, 'topology.ts'), 'utf8').replace("'1.1.1.1'", "'1.1.1.1:30722'");
  writeFileSync(join(folder, 'topology.ts'), bad);
  const { status, stdout, stderr } = synth(folder);
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: '',
    stderr:
      'topology.ts `brokerCluster.address`: "1.1.1.1:30722" is neither an IP address nor a DNS name; use an IP address such as 203.0.113.7 or a DNS name such as nats.example.com.\n',
  });
  expect(filesIn(folder)).toEqual(before.set('topology.ts', bad));
});

it('writes nothing at all when a construct refuses what the topology asks for', () => {
  const folder = copyOfTheProject();
  appendFileSync(
    join(folder, 'topology.ts'),
    '\n(topology.brokerCluster as { leafListener?: object }).leafListener = { nodePort: "closed" };\n',
  );
  const before = filesIn(folder);
  const { status, stderr } = synth(folder);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^topology\.ts `brokerCluster\.leafListener\.nodePort`: is closed, but vm-b dials it[^\n]+\n$/,
  );
  expect(filesIn(folder)).toEqual(before);
});

it('leaves everything as it was when a credential is spoilt', () => {
  const folder = copyOf(minted);
  const topology = readFileSync(join(folder, 'topology.ts'), 'utf8').replaceAll(
    'test.messages',
    'other.messages',
  );
  writeFileSync(join(folder, 'topology.ts'), topology);
  writeFileSync(join(folder, 'certs', 'issued', 'ca.crt'), 'nonsense');
  const before = filesIn(folder);
  const { status, stderr } = synth(folder);
  expect(status).toBe(1);
  expect(stderr).toContain('ca.crt');
  expect(filesIn(folder)).toEqual(before);
});

it('needs neither credentials nor certs/issued when somebody else keeps the Secrets, and says which', () => {
  const folder = copyOfTheProject();
  const external = readFileSync(join(folder, 'topology.ts'), 'utf8').replace(
    'brokerCluster: {',
    "secrets: 'external',\n  brokerCluster: {",
  );
  writeFileSync(join(folder, 'topology.ts'), external);
  const { status, stderr } = synth(folder);
  expect(status).toBe(0);
  expect(stderr).toMatch(/^vm-a needs these Secrets:\n {2}nats-system\/nats-broker-accounts: /);
  expect(filesIn(join(folder, 'dist'))).toEqual(committed(root));
  expect(existsSync(join(folder, 'certs', 'issued'))).toBe(false);
});
