import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { disksCanBeMade } from './stage/disk.ts';

const tools = join(import.meta.dirname, '..', '..', '.tools');

const helpers = ['ip', 'unshare', 'nsenter', 'setpriv', 'mount', 'chroot', 'jq'];

/** What the tests run for real. `namespaces` stands for all that a pod needs, and its path is that of busybox; `disk` for what a power cut needs. */
const finders = {
  'nats-server': () => tool('nats-server', /v(\d+)\.(\d+)/, [2, 12]),
  nats: () => tool('nats', /v?(\d+)\.(\d+)/, [0, 4]),
  confdump: () => tool('confdump'),
  'go-x509': () => tool('go-x509'),
  etcd: () => tool('etcd', undefined, undefined, process.env.KUBEBUILDER_ASSETS),
  'kube-apiserver': () => tool('kube-apiserver', undefined, undefined, process.env.KUBEBUILDER_ASSETS),
  kubectl: () => tool('kubectl', undefined, undefined, process.env.KUBEBUILDER_ASSETS),
  // Ours alone: one on PATH would be that of a real node.
  kubelet: () => [join(tools, 'kubelet')].find(existsSync),
  linkerd: () => tool('linkerd'),
  // As nats-box has it.
  jq: () => onPath('jq'),
  shellcheck: () => onPath('shellcheck'),
  openssl: () => tool('openssl'),
  prometheus: () => tool('prometheus'),
  promtool: () => tool('promtool'),
  'prometheus-nats-exporter': () => tool('prometheus-nats-exporter'),
  'cert-manager-controller': () => tool('cert-manager-controller'),
  sops: () => tool('sops'),
  'age-keygen': () => tool('age-keygen'),
  'kustomize-controller': () => tool('kustomize-controller'),
  go: () => onPath('go'),
  python: () => [onPath('python3')].find((path) => path && canMakeEnvironments(path)),
  // Maven brings jnats, and runs on the Java that it finds.
  java: () => (onPath('javac') ? onPath('mvn') : undefined),
  chromium: () => ['chromium', 'google-chrome'].map((name) => tool(name)).find(Boolean),
  namespaces,
  disk: () => (namespaces() && disksCanBeMade() ? onPath('mkfs.ext4') : undefined),
};

export type Part = keyof typeof finders;

const found = new Map<Part, string | undefined>();

/** Absolute path of a real part, looked for in `.tools/`, then `KUBEBUILDER_ASSETS`, then PATH; or undefined. */
export function part(name: Part): string | undefined {
  if (!found.has(name)) found.set(name, finders[name]());
  return found.get(name);
}

/** The path of a part that the enclosing `describeReal` asked for. Throws where it is absent. */
export function needed(name: Part): string {
  const path = part(name);
  if (!path) throw new Error(`The real part \`${name}\` is absent; ${remedyFor([name])}`);
  return path;
}

/** How to get the parts that are absent. */
export function remedyFor(absent: readonly Part[]): string {
  const hints = absent.map((name) => byHand[name] ?? 'run "npm run tools"');
  return `${[...new Set(hints)].join('; ')}.`;
}

const byHand: Partial<Record<Part, string>> = {
  linkerd: 'install linkerd from https://linkerd.io/2/getting-started/',
  'prometheus-nats-exporter': 'set REAL_PARTS and run "npm run tools"',
  'cert-manager-controller': 'set REAL_PARTS and run "npm run tools"',
  openssl: 'install openssl',
  jq: 'install jq',
  shellcheck: 'install shellcheck',
  chromium: 'install chromium',
  go: 'install Go',
  python: 'install Python 3.10 or newer and its venv module',
  java: 'install a JDK 17 or newer, and Maven',
  disk: 'disk needs loop devices, ext4, and the packages e2fsprogs and perl-base',
  namespaces: 'namespaces need Linux, root, and the packages busybox-static, iproute2, jq and util-linux',
};

/** The parts that this machine lacks. */
export const absentParts = () => (Object.keys(finders) as Part[]).filter((name) => !part(name));

/**
 * Describes tests that run real parts. Where one is absent they are skipped, or, with `REQUIRE_REAL=1`, they fail
 * unless every absent part is among `REQUIRE_REAL_EXCEPT` (comma separated).
 */
export function describeReal(parts: readonly Part[], title: string, tests: () => void) {
  const absent = parts.filter((name) => !part(name));
  const except = (process.env.REQUIRE_REAL_EXCEPT ?? '').split(',');
  if (absent.length === 0) {
    describe(title, tests);
  } else if (process.env.REQUIRE_REAL === '1' && absent.some((name) => !except.includes(name))) {
    describe(title, () => {
      it('has its real parts', () => {
        throw new Error(
          `REQUIRE_REAL is set and these are absent: ${absent.join(', ')}; ${remedyFor(absent)}`,
        );
      });
    });
  } else {
    describe.skip(title, tests);
  }
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => folder.startsWith('/'));
  return folders.map((folder) => join(folder, name)).find(existsSync);
}

/** A tool; with `version`, one that pods can run and of at least `minimum`. What we built ourselves is pinned. */
function tool(name: string, version?: RegExp, minimum: readonly number[] = [], assets?: string) {
  const pinned = [tools, ...(assets ? [assets] : [])].map((folder) => join(folder, name)).find(existsSync);
  if (pinned) return pinned;
  const path = onPath(name);
  if (!path || !version) return path;
  if (!isStatic(path)) return undefined;
  const [major = 0, minor = 0] = version.exec(output(path, '--version'))?.slice(1).map(Number) ?? [];
  const [wantedMajor = 0, wantedMinor = 0] = minimum;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor) ? path : undefined;
}

const canMakeEnvironments = (python: string) =>
  spawnSync(python, ['-c', 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 10))']).status === 0;

function output(path: string, ...args: string[]): string {
  return spawnSync(path, args, { encoding: 'utf8' }).stdout ?? '';
}

function namespaces(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !helpers.every(onPath)) return undefined;
  const busybox = onPath('busybox');
  if (!busybox || !isStatic(busybox)) return undefined;
  const trial = spawnSync('unshare', ['--mount', '--net', '--pid', '--uts', '--ipc', '--fork', 'true']);
  return trial.status === 0 ? busybox : undefined;
}

/** A program that names a dynamic loader would not start in a root of its own. */
const isStatic = (path: string) => !readFileSync(path).subarray(0, 4096).includes('/ld-');
