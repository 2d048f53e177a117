/**
 * `npm run tools`: builds the real parts that the tests run, from their Go modules, into `.tools/`. Each folder here
 * pins its parts by go.mod and go.sum; a stamp remembers what was built from, so that a second run builds nothing.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const output = join(here, '..', '.tools');

/** A git checkout of another owner makes Go's own version stamp fail, and nothing reads it. */
const flags = ['-trimpath', '-ldflags', '-s -w', '-buildvcs=false'];

/** Static, as in the official images, so that a part runs in the root of a pod. */
const env = { ...process.env, CGO_ENABLED: '0' };

interface Part {
  readonly name: string;
  /** The Go package of the command. */
  readonly source: string;
  /** What a cold build costs, said beforehand. */
  readonly duration: string;
  /** Go build tags. @default - none */
  readonly tags?: string;
}

/** One entry for each folder, which is one Go module. */
const folders: Record<string, readonly Part[]> = {
  'issuer-check': [{ name: 'issuer-check', source: '.', duration: 'seconds' }],
  kubelet: [{ name: 'kubelet', source: '.', duration: 'half a minute' }],
  nats: [
    { name: 'nats-server', source: 'github.com/nats-io/nats-server/v2', duration: 'about a minute' },
    { name: 'nats', source: 'github.com/nats-io/natscli/nats', duration: 'about a minute' },
    { name: 'confdump', source: './confdump', duration: 'seconds' },
  ],
  etcd: [{ name: 'etcd', source: 'go.etcd.io/etcd/server/v3', duration: 'about a minute' }],
  kubernetes: [
    { name: 'kube-apiserver', source: 'k8s.io/kubernetes/cmd/kube-apiserver', duration: 'several minutes' },
    { name: 'kubectl', source: 'k8s.io/kubernetes/cmd/kubectl', duration: 'about a minute' },
  ],
  'exporter-standin': [{ name: 'exporter-standin', source: '.', duration: 'seconds' }],
  // Without the clouds' service discovery they take half the time and space.
  prometheus: ['promtool', 'prometheus'].map((name) => ({
    name,
    source: `github.com/prometheus/prometheus/cmd/${name}`,
    duration: 'two minutes',
    tags: 'remove_all_sd',
  })),
};

const flagsOf = ({ tags }: Part) => (tags ? [...flags, '-tags', tags] : flags);

function goVersion(): string {
  const go = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (go.status === 0) return go.stdout.trim();
  const needed = /^go (\S+)$/m.exec(readFileSync(join(here, 'nats', 'go.mod'), 'utf8'))?.[1];
  throw new Error(
    `The real parts are built with Go ${needed} or newer, and \`go\` is not on PATH; install it.`,
  );
}

function stampOf(folder: string, parts: readonly Part[], go: string): string {
  const hash = createHash('sha256').update(
    `${go}\0${[...new Set(parts.flatMap(flagsOf))].join('\0')}\0CGO_ENABLED=${env.CGO_ENABLED}`,
  );
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((file) => /\.(go|mod|sum)$/.test(file)).sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(join(folder, file)));
  }
  return `${hash.digest('hex')}\n`;
}

function build(folder: string, part: Part) {
  console.log(`${part.name}: building ${part.source}; a first build takes ${part.duration}`);
  const go = ['build', ...flagsOf(part), '-o', join(output, part.name), part.source];
  const { status, error } = spawnSync('go', go, { cwd: folder, env, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0)
    throw new Error(`${part.name}: \`go build\` exited with ${status}; its own messages are above.`);
}

function bring(name: string, parts: readonly Part[], go: string) {
  const folder = join(here, name);
  const stamp = stampOf(folder, parts, go);
  const stampFile = join(output, `${name}.stamp`);
  const present = parts.every((part) => existsSync(join(output, part.name)));
  if (present && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
    for (const part of parts) console.log(`${part.name}: up to date`);
    return;
  }
  rmSync(stampFile, { force: true });
  for (const part of parts) build(folder, part);
  writeFileSync(stampFile, stamp);
}

try {
  mkdirSync(output, { recursive: true });
  const go = goVersion();
  for (const [name, parts] of Object.entries(folders)) bring(name, parts, go);
  console.log(
    'linkerd: not built here; install the CLI from https://linkerd.io/2/getting-started/ and put it on PATH',
  );
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
