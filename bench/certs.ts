/**
 * Mints for 10, 100 and 1,000 leaf clusters, and has openssl, and step where it is there, make the same kind of
 * certificate, one process for each. Prints ratios, because times say more about the machine. Run it with
 * `node --expose-gc --import tsx bench/certs.ts`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mint } from '../certs/mint.ts';
import { credentialPlan } from '../certs/plan.ts';
import { resolve } from '../model/resolve.ts';
import type { Topology } from '../model/topology.ts';

/** Certificates that each competitor makes; its time is then scaled to the number that the topology needs. */
const SAMPLE = 100;

const withLeaves = (count: number): Topology => ({
  brokerCluster: { name: 'vm-a', address: '192.0.2.1', issuer: 'cluster-a-issuer' },
  leafClusters: Array.from({ length: count }, (_, i) => ({
    name: `leaf-${i}`,
    address: `10.0.${i >> 8}.${i & 255}`,
    issuer: `issuer-${i}`,
  })),
});

const temporary = mkdtempSync(join(tmpdir(), 'nats-mtls-bench-'));
const log = (line: string) => console.error(line);

function milliseconds(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

interface Measured {
  readonly clusters: number;
  readonly certificates: number;
  readonly perCertificate: number;
  readonly megabytes: number;
}

function ours(clusters: number): Measured {
  log(`minting for ${clusters} leaf clusters`);
  const topology = withLeaves(clusters);
  const certificates = credentialPlan(resolve(topology)).certificates.length;
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  // The best of three, because the disk is not ours alone.
  const times = [1, 2, 3].map((run) =>
    milliseconds(() => mint(resolve(topology), join(temporary, `${clusters}-${run}`, 'issued'), { log })),
  );
  const megabytes = (process.memoryUsage().rss - before) / 2 ** 20;
  return { clusters, certificates, perCertificate: Math.min(...times) / certificates, megabytes };
}

/** The files of a CA of ours, for the competitors to sign with. */
function ca(): { crt: string; key: string } {
  const folder = join(temporary, 'ca', 'issued');
  mint(resolve(withLeaves(1)), folder);
  return { crt: join(folder, 'nats-ca.crt'), key: join(folder, 'nats-ca.key') };
}

function sampled(name: string, argumentsFor: (output: string) => string[]): number | undefined {
  if (spawnSync(name, ['version']).status !== 0) return undefined;
  log(`${name}: ${SAMPLE} certificates, one process each`);
  const time = milliseconds(() => {
    for (let i = 0; i < SAMPLE; i++) {
      execFileSync(name, argumentsFor(join(temporary, `${name}-${i}`)), { stdio: 'ignore' });
    }
  });
  return time / SAMPLE;
}

/** One process for key and certificate, the quickest way there is with openssl. */
const openssl = ({ crt, key }: { crt: string; key: string }, output: string) => [
  ...['req', '-x509', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-sha256'],
  ...['-CA', crt, '-CAkey', key, '-keyout', `${output}.key`, '-out', `${output}.crt`, '-days', '365'],
  ...['-subj', '/CN=leaf', '-addext', 'subjectAltName=DNS:leaf', '-addext', 'extendedKeyUsage=clientAuth'],
];

const step = ({ crt, key }: { crt: string; key: string }, output: string) => [
  ...['certificate', 'create', 'leaf', `${output}.crt`, `${output}.key`, '--ca', crt, '--ca-key', key],
  ...['--san', 'leaf', '--no-password', '--insecure', '--not-after', '8760h'],
];

try {
  const signer = ca();
  const competitors = {
    openssl: sampled('openssl', (output) => openssl(signer, output)),
    step: sampled('step', (output) => step(signer, output)),
  };
  const rows = [10, 100, 1000].map(ours);
  const smallest = rows[0]!.perCertificate;
  for (const { clusters, certificates, perCertificate, megabytes } of rows) {
    const ratios = Object.entries(competitors).map(([name, each]) =>
      each === undefined
        ? `${name} absent`
        : `${(each / perCertificate).toFixed(1)} times faster than ${name}`,
    );
    console.log(
      `${clusters} leaf clusters, ${certificates} certificates: ${ratios.join(', ')}; ${(perCertificate / smallest).toFixed(2)} of the cost per certificate at 10; ${perCertificate.toFixed(2)} ms each; ${megabytes.toFixed(0)} MB more memory`,
    );
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
