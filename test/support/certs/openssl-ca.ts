import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needed } from '../parts.ts';
import { temporaryFolder } from './fixtures.ts';

/**
 * A CA as openssl makes it, alone in a folder.
 * @param extensions lines of an openssl extension section, which follow those of every CA
 * @param options of `openssl req`, in place of a P-256 key
 */
export function opensslCa(
  extensions: readonly string[],
  options: readonly string[] = P256,
): { crt: string; key: string } {
  const folder = temporaryFolder();
  const [crt, key, config] = ['ca.crt', 'ca.key', 'ca.conf'].map((file) => join(folder, file)) as [
    string,
    string,
    string,
  ];
  const usual = ['basicConstraints=critical,CA:true', 'keyUsage=critical,keyCertSign,cRLSign'];
  const lines = ['[req]', 'distinguished_name=dn', '[dn]', '[ext]', ...usual, ...extensions, ''];
  writeFileSync(config, lines.join('\n'));
  execFileSync(
    needed('openssl'),
    [
      ...['req', '-x509', '-nodes', '-sha256', '-days', '3650', '-subj', '/CN=company', ...options],
      ...['-config', config, '-extensions', 'ext', '-keyout', key, '-out', crt],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  return { crt, key };
}

const P256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];

opensslCa.P256 = P256;
