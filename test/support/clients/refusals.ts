/** What `docs/clients.md` says that an application is told when it is refused, as its table has it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pages } from '../docs/markdown.ts';
import { needed } from '../parts.ts';
import { LANGUAGES, type Language } from './prepare.ts';
import { type Scene, type Secret, SUBJECT } from './scene.ts';

/** A port where each connection is closed at once, as Linkerd's proxy does, and one where nobody listens. */
const [CLOSES, NOBODY] = [4998, 4999];

/** An example that is to be refused. */
interface Refusal {
  readonly secret: Secret;
  readonly subject: string;
}

/** By the first cell of the row. */
export async function refusals(scene: Scene): Promise<Map<string, Refusal>> {
  const [own, other] = [scene.secret(), scene.otherSecret];
  const stranger = selfSigned(own.username!);
  const { 'ca.crt': _ca, 'tls.crt': _crt, 'tls.key': _key, ...plain } = own;
  const closing = `net.createServer((socket) => socket.destroy()).listen(${CLOSES}, () => console.log('ready'))`;
  await scene.host.start([process.execPath, '--eval', closing]).log.waitFor(/ready/);
  const secrets: Readonly<Record<string, Secret>> = {
    'wrong password': { ...own, password: 'wrong' },
    "another client's certificate": { ...own, 'tls.crt': other['tls.crt']!, 'tls.key': other['tls.key']! },
    'certificate of a CA that the server does not know': { ...own, ...stranger },
    'no certificate and no CA': plain,
    '`ca.crt` of another CA': { ...own, 'ca.crt': stranger['tls.crt'] },
    'subscribes to a subject that it may not': other,
    'the connection is closed at once': { ...plain, url: `nats://127.0.0.1:${CLOSES}` },
    'nobody listens': { ...plain, url: `nats://127.0.0.1:${NOBODY}` },
  };
  const all = Object.entries(secrets).map(([row, secret]) => [row, { secret, subject: SUBJECT }] as const);
  return new Map([
    ...all,
    ['publishes to a subject that it may not', { secret: own, subject: 'orders.deleted' }],
  ]);
}

function selfSigned(name: string): { 'tls.crt': string; 'tls.key': string } {
  const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-stranger-'));
  const [crt, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  const argv = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`];
  try {
    execFileSync(needed('openssl'), [...argv, '-keyout', key, '-out', crt], { stdio: 'ignore' });
    return { 'tls.crt': readFileSync(crt, 'utf8'), 'tls.key': readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The messages of one language in that table, by the first cell of the row. */
export function documented(language: Language): Map<string, string> {
  const page = pages.find(({ path }) => path === 'docs/clients.md')!;
  const section = page.prose.split(/^## /m).find((each) => each.startsWith('What refuses what'))!;
  const rows = [...section.matchAll(/^\| (.+) \|$/gm)].map(([, cells]) => cells!.split(' | ')).slice(1);
  const column = 2 + LANGUAGES.indexOf(language);
  return new Map(rows.map((cells) => [cells[0]!, cells[column]!.replaceAll('`', '')]));
}
