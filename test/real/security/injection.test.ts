/**
 * Configuration that cannot be injected: whatever a topology and its passwords say is either refused in one line or
 * is read by nats-server's own parser as exactly what was said.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { natsConfig } from '../../../constructs/nats/write-conf.ts';
import type { Topology } from '../../../model/topology.ts';
import { dump } from '../../support/injection/dump.ts';
import { passwords, topologies } from '../../support/injection/generated-topologies.ts';
import { intendedConfigs, type Values } from '../../support/injection/intended-config.ts';
import { passwordsFrom, refusal, refusalOf, SEED, usable } from '../../support/injection/samples.ts';
import { MAIN, serverFiles, withPasswords } from '../../support/injection/server-files.ts';
import { describeReal } from '../../support/parts.ts';

const TOPOLOGIES = 10_000;
const BATCH = 1000;
const TEXTS = 2000;

describeReal(['confdump'], 'generated topologies', () => {
  it(`are refused in one line, or nats-server reads what they say: ${TOPOLOGIES} with seed ${SEED}`, {
    timeout: 240_000,
  }, async () => {
    const samples = fc.sample(topologies, { seed: SEED, numRuns: TOPOLOGIES });
    const everyPassword = fc.sample(passwords, { seed: SEED + 1, numRuns: 4000 });
    let refused = 0;
    let servers = 0;
    for (let start = 0; start < TOPOLOGIES; start += BATCH) {
      const configs: { files: Record<string, string>; intended: Values; topology: Topology }[] = [];
      for (const [i, topology] of samples.slice(start, start + BATCH).entries()) {
        // Most get passwords that can be used, or hardly any topology would be taken.
        const pool = i % 10 === 0 ? everyPassword : usable;
        const password = passwordsFrom(pool, (start + i) * 7);
        const message = refusal(() => {
          const files = serverFiles(topology, withPasswords(password));
          const intended = intendedConfigs(topology, password);
          for (const [name, own] of files)
            configs.push({ files: own, intended: intended.get(name)!, topology });
        });
        if (message === undefined) continue;
        refused += 1;
        expect(message).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]{20,400}\.$/u);
      }
      const read = await dump(configs.map(({ files }) => files));
      for (const [i, { files, intended, topology }] of configs.entries()) {
        if (!isDeepStrictEqual(read[i], intended)) {
          console.log(JSON.stringify(topology), files);
          expect(read[i]).toEqual(intended);
        }
      }
      servers += configs.length;
    }
    console.log(
      `${TOPOLOGIES} topologies with seed ${SEED}: ${refused} refused, ${TOPOLOGIES - refused} taken with ${servers} servers`,
    );
    expect(refused).toBeGreaterThan(TOPOLOGIES / 20);
    expect(TOPOLOGIES - refused).toBeGreaterThan(TOPOLOGIES / 3);
  });
});

describeReal(['confdump'], 'natsConfig', () => {
  it('writes any text at all so that nats-server reads the same', async () => {
    const texts = fc
      .sample(passwords, { seed: SEED + 2, numRuns: TEXTS })
      .filter((text) => !/\p{Cs}/u.test(text));
    const one = { text: natsConfig({ texts }), values: { texts } };
    const each = texts.map((text) => ({ text: natsConfig({ text, next: 1 }), values: { text, next: 1 } }));
    const read = await dump([one, ...each].map(({ text }) => ({ [MAIN]: text })));
    expect(read).toEqual([one, ...each].map(({ values }) => values));
  });
});

describe('passwords that could not sign in', () => {
  it.each([
    ['is empty', ''],
    ['breaks a line', 'a\nb'],
    ['has a byte of zero', 'a\0b'],
    ['has half of a surrogate pair', 'a\ud800'],
    ['is longer than bcrypt reads', 'ä'.repeat(37)],
  ])('are refused without being shown: one that %s', (_, password) => {
    const message = refusalOf(password);
    expect(message).toMatch(/^credentials `vm-a\/sys`: the password [^\n]*; use [^\n]*\.$/);
    if (password) expect(message).not.toContain(password);
  });
});
