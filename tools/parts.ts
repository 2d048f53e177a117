/**
 * The real parts that are built from Go modules. Each folder here pins its parts by go.mod and go.sum. What is built
 * stays outside the checkout, under a hash of all that it was built from, so that a fresh clone builds nothing twice.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;

/** Where everything is kept that is slow to make. */
export const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nats-mtls');

/** Static, as in the official images, so that a part runs in the root of a pod. */
const env = { ...process.env, CGO_ENABLED: '0' };

interface Part {
  /** The Go package of the command. */
  readonly source: string;
  /** What a cold build costs, said beforehand. */
  readonly duration: string;
  /** Go build tags. @default - none */
  readonly tags?: string;
}

/** Kubernetes does not know its version unless the linker is told. */
function kubernetesVersion(): string {
  const goMod = readFileSync(join(here, 'kubernetes', 'go.mod'), 'utf8');
  const [, gitVersion, gitMajor, gitMinor] = /k8s\.io\/kubernetes (v(\d+)\.(\d+)\S+)/.exec(goMod)!;
  const values = Object.entries({ gitVersion, gitMajor, gitMinor, gitTreeState: 'clean' });
  return values.map(([name, value]) => ` -X k8s.io/component-base/version.${name}=${value}`).join('');
}

const kubernetes = (command: string, duration: string): Part => ({
  source: `k8s.io/kubernetes/cmd/${command}`,
  duration,
});

/** By folder, which is one Go module, and by the program's name. */
const folders: Readonly<Record<string, Readonly<Record<string, Part>>>> = {
  'go-x509': { 'go-x509': { source: '.', duration: 'seconds' } },
  kubelet: { kubelet: { source: '.', duration: 'half a minute' } },
  nats: {
    'nats-server': { source: 'github.com/nats-io/nats-server/v2', duration: 'about a minute' },
    nats: { source: 'github.com/nats-io/natscli/nats', duration: 'about a minute' },
    confdump: { source: './confdump', duration: 'seconds' },
  },
  etcd: { etcd: { source: 'go.etcd.io/etcd/server/v3', duration: 'about a minute' } },
  kubernetes: {
    'kube-apiserver': kubernetes('kube-apiserver', 'several minutes'),
    kubectl: kubernetes('kubectl', 'about a minute'),
    kubelet: kubernetes('kubelet', 'about two minutes'),
    'kube-controller-manager': kubernetes('kube-controller-manager', 'about two minutes'),
    'kube-scheduler': kubernetes('kube-scheduler', 'about a minute'),
    'kube-proxy': kubernetes('kube-proxy', 'about a minute'),
  },
  coredns: { coredns: { source: '.', duration: 'about two minutes' } },
  'local-path': {
    'local-path-provisioner': {
      source: 'github.com/rancher/local-path-provisioner',
      duration: 'about a minute',
    },
  },
  gitops: {
    sops: { source: 'github.com/getsops/sops/v3/cmd/sops', duration: 'two minutes' },
    'age-keygen': { source: 'filippo.io/age/cmd/age-keygen', duration: 'seconds' },
    'kustomize-controller': {
      source: 'github.com/fluxcd/kustomize-controller',
      duration: 'two minutes',
    },
  },
  helm: { helm: { source: 'helm.sh/helm/v3/cmd/helm', duration: 'two minutes' } },
  prometheus: Object.fromEntries(
    ['promtool', 'prometheus'].map((name) => [
      name,
      {
        source: `github.com/prometheus/prometheus/cmd/${name}`,
        duration: 'two minutes',
        // Without the clouds' service discovery it takes half the time and space.
        tags: 'remove_all_sd',
      },
    ]),
  ),
};

const flagsOf = (folder: string, { tags }: Part) => [
  '-trimpath',
  ...['-ldflags', `-s -w${folder === 'kubernetes' ? kubernetesVersion() : ''}`],
  // A git checkout of another owner makes Go's own version stamp fail, and nothing reads it.
  '-buildvcs=false',
  ...(tags ? ['-tags', tags] : []),
];

function goVersion(): string {
  const go = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (go.status === 0) return go.stdout.trim();
  const needed = /^go (\S+)$/m.exec(readFileSync(join(here, 'nats', 'go.mod'), 'utf8'))?.[1];
  throw new Error(
    `The real parts are built with Go ${needed} or newer, and \`go\` is not on PATH; install it.`,
  );
}

function stampOf(name: string): string {
  const flags = Object.values(folders[name]!).map((part) => flagsOf(name, part));
  const hash = createHash('sha256').update(JSON.stringify([goVersion(), flags, env.CGO_ENABLED]));
  const files = readdirSync(join(here, name), { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((file) => /\.(go|mod|sum)$/.test(file)).sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(join(here, name, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Builds what is not there yet.
 * @param folder - one of the folders here
 * @param names - programs of that folder; default all of them
 * @returns the folder that holds the programs
 */
export function built(folder: string, names: readonly string[] = Object.keys(folders[folder]!)): string {
  const output = join(CACHE, `${folder}-${stampOf(folder)}`);
  mkdirSync(output, { recursive: true });
  for (const name of names) {
    const target = join(output, name);
    if (existsSync(target)) continue;
    const part = folders[folder]![name]!;
    console.log(`${name}: building ${part.source}; a first build takes ${part.duration}`);
    // A build that is killed leaves no program that looks whole.
    const unfinished = `${target}.${process.pid}`;
    const { status, error } = spawnSync(
      'go',
      ['build', ...flagsOf(folder, part), '-o', unfinished, part.source],
      { cwd: join(here, folder), env, stdio: 'inherit' },
    );
    if (error) throw error;
    if (status !== 0)
      throw new Error(`${name}: \`go build\` exited with ${status}; its own messages are above.`);
    renameSync(unfinished, target);
  }
  return output;
}
