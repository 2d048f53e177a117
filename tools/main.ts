/** `npm run tools`: brings the real parts that the tests run into `.tools/`. */
import { copyFileSync, cpSync, existsSync, linkSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { partsFolder, unpacked } from './clusters/real-parts.ts';
import { built } from './parts.ts';

const output = join(import.meta.dirname, '..', '.tools');

/** By the folder that they are built in. What runs a node is built by `npm run clusters` alone. */
const wanted = {
  'go-x509': ['go-x509'],
  kubelet: ['kubelet'],
  nats: ['nats-server', 'nats', 'confdump'],
  etcd: ['etcd'],
  kubernetes: ['kube-apiserver', 'kubectl'],
  prometheus: ['promtool', 'prometheus'],
  gitops: ['sops', 'age-keygen', 'kustomize-controller'],
};

/** What `npm run bench` compares with, and no test runs: brought by `npm run tools -- helm` alone. */
const optional = { helm: ['helm'] };

/** The folders that the call names, by default those of the tests. */
function chosen(names: readonly string[]): (readonly [string, readonly string[]])[] {
  if (names.length === 0) return Object.entries(wanted);
  const all: Readonly<Record<string, readonly string[]>> = { ...wanted, ...optional };
  return names.map((name) => {
    const programs = all[name];
    if (!programs)
      throw new Error(`There is no '${name}' to build; there are ${Object.keys(all).join(', ')}.`);
    return [name, programs];
  });
}

function put(folder: string, names: readonly string[]) {
  for (const name of names) {
    const target = join(output, name);
    rmSync(target, { force: true });
    try {
      linkSync(join(folder, name), target);
    } catch {
      // The cache is on another file system.
      copyFileSync(join(folder, name), target);
    }
  }
  console.log(`${names.join(', ')}: up to date`);
}

try {
  mkdirSync(output, { recursive: true });
  for (const [folder, names] of chosen(process.argv.slice(2))) put(built(folder, names), names);
  if (partsFolder()) {
    const programs = ['linkerd', 'prometheus-nats-exporter', 'cert-manager-controller'];
    put(
      unpacked(),
      programs.filter((name) => existsSync(join(unpacked(), name))),
    );
    const crds = join(unpacked(), 'crds');
    if (existsSync(crds)) cpSync(crds, join(output, 'cert-manager-crds'), { recursive: true });
  } else
    console.log(
      'linkerd, cert-manager-controller, prometheus-nats-exporter: not built here; set REAL_PARTS, or put them on PATH',
    );
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
