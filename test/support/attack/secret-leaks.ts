import { values } from '../manifest.ts';
import type { AttackScene } from './scene.ts';

const PAGES = [
  'varz',
  'connz?auth=1&subs=1',
  'connz?auth=1&state=closed',
  'leafz?subs=1',
  'accountz?acc=APP',
  'subsz?subs=1',
];

/** Where a password or a line of a private key is that has no business there: as `place: name of the secret`. */
export async function secretLeaks(scene: AttackScene): Promise<string[]> {
  const secrets = secretsOf(scene);
  const texts = await places(scene);
  return [...texts].flatMap(([place, text]) =>
    [...secrets].filter(([, secret]) => text.includes(secret)).map(([name]) => `${place}: ${name}`),
  );
}

/** Every password and every line of a key that any Secret holds, by a name that may be shown. */
function secretsOf({ objects }: AttackScene): Map<string, string> {
  const found = new Map<string, string>();
  for (const [cluster, all] of objects) {
    for (const secret of all.filter(({ kind }) => kind === 'Secret')) {
      for (const [key, bytes] of values(secret)) {
        for (const [i, part] of secretParts(key, bytes.toString()).entries()) {
          found.set(`${cluster} ${secret.metadata.name} ${key} ${i}`, part);
        }
      }
    }
  }
  return found;
}

const PUBLIC = ['url', 'username', 'tls.crt', 'ca.crt'];

/** What in one key of a Secret must not be seen. */
function secretParts(key: string, text: string): string[] {
  if (PUBLIC.includes(key)) return [];
  const parts =
    key === 'tls.key'
      ? text.split('\n').filter((line) => line && !line.startsWith('-----'))
      : [...text.matchAll(/password: "(.*)"|:\/\/[^:]*:([^@]*)@|^(\w+)$/g)].flatMap(([, ...found]) => found);
  const secrets = parts.filter((part) => part !== undefined);
  if (secrets.length === 0) throw new Error(`Nothing in the key \`${key}\` was taken for a secret.`);
  return secrets;
}

/** Every text that others than the holder of a secret can read, by what it is. */
async function places(scene: AttackScene): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const [cluster, objects] of scene.objects) {
    texts.set(`${cluster} manifests`, JSON.stringify(objects.filter(({ kind }) => kind !== 'Secret')));
  }
  for (const pod of scene.pods) {
    const name = `${pod.ip} ${pod.name}`;
    for (const [container, { log }] of pod.containers) texts.set(`${name} ${container} log`, log.text);
    const { stdout } = await pod.exec(['sh', '-c', 'cat /proc/[0-9]*/cmdline']);
    if (!stdout.includes('\0')) throw new Error(`Pod \`${name}\` shows no command lines.`);
    texts.set(`${name} command lines`, stdout);
  }
  for (const pod of scene.pods.filter(({ containers }) => containers.has('nats'))) {
    for (const page of PAGES) {
      const text = await scene.monitor(pod, page);
      if (!text.startsWith('{') && !text.startsWith('\n{'))
        throw new Error(`/${page} of ${pod.ip} has no answer.`);
      texts.set(`${pod.ip} ${pod.name} /${page}`, text);
    }
  }
  return texts;
}
