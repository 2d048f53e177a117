import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reference } from '../../../tools/reference/reference.ts';

it('docs/topology.md says what the schema and the types say; npm run docs writes it anew', () => {
  const written = readFileSync(join(import.meta.dirname, '../../../docs/topology.md'), 'utf8');
  expect(written).toBe(reference());
});
