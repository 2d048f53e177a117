import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { at, leaf, mintedFolder } from '../../support/certs/fixtures.ts';
import { describeReal, needed } from '../../support/parts.ts';

describeReal(['go-x509'], "Go's X.509 parser", () => {
  it('takes every certificate of 500 leaf clusters', () => {
    const leafClusters = Array.from({ length: 500 }, (_, i) => ({
      ...leaf,
      name: `vm-${i}`,
      issuer: `issuer-${i}`,
    }));
    const folder = mintedFolder({ ...at('2001:db8::7'), leafClusters });
    const files = readdirSync(folder).filter((file) => file.endsWith('.crt'));
    expect(files).toHaveLength(1007);
    const paths = files.map((file) => join(folder, file));
    expect(spawnSync(needed('go-x509'), ['parse', ...paths], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });
});
