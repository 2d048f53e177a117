import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeReal, needed } from '../real/parts.ts';
import { at, leaf, mintedFolder, topology } from './fixtures.ts';

const check = (...args: string[]) => spawnSync(needed('issuer-check'), args, { encoding: 'utf8' });

describeReal(['issuer-check'], "Go's X.509 parser", () => {
  it('takes every certificate of 500 leaf clusters', () => {
    const leafClusters = Array.from({ length: 500 }, (_, i) => ({
      ...leaf,
      name: `vm-${i}`,
      issuer: `issuer-${i}`,
    }));
    const folder = mintedFolder({ ...at('2001:db8::7'), leafClusters });
    const files = readdirSync(folder).filter((file) => file.endsWith('.crt'));
    expect(files).toHaveLength(1007);
    expect(check('-parse', ...files.map((file) => join(folder, file)))).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it("takes each issuer under the anchor as Linkerd does, and refuses the other's key", () => {
    const folder = mintedFolder(topology);
    const path = (file: string) => join(folder, file);
    const issuer = (crt: string, key: string) => check(path('ca.crt'), path(crt), path(key)).status;
    expect(issuer('cluster-a-issuer.crt', 'cluster-a-issuer.key')).toBe(0);
    expect(issuer('cluster-b-issuer.crt', 'cluster-b-issuer.key')).toBe(0);
    expect(issuer('cluster-a-issuer.crt', 'cluster-b-issuer.key')).toBe(1);
    expect(issuer('nats-ca.crt', 'nats-ca.key')).toBe(1);
  });
});
