import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeReal, type Part } from '../parts.ts';
import type { Background } from '../stage/network.ts';
import { until } from '../until.ts';
import { type Language, PREPARATION, prepared } from './prepare.ts';
import { documented, refusals } from './refusals.ts';
import { received, Scene } from './scene.ts';

/** Messages that one reconnect of core NATS may lose: one a second is sent, and some machines are busy. */
const ONE_RECONNECT = 5;

/** Milliseconds by which the Secret reaches the pod later than the server. */
const LATER = 4000;

/** Describes what an example does when its Secret changes, and what it is told when it is refused. */
export function describeExample(language: Language, parts: readonly Part[]) {
  describeReal(['namespaces', 'nats-server', 'openssl', ...parts], `the client in ${language}`, () => {
    let scene: Scene;
    let argv: string[];
    let example: Background;

    beforeAll(async () => {
      argv = await prepared(language);
      scene = await Scene.start();
      example = scene.run(argv, scene.mount('current', scene.secret()));
    }, PREPARATION);

    afterAll(() => scene?.stop());

    /** Waits until three more messages have arrived. */
    async function flows() {
      const before = received(example).length;
      try {
        await until('three more messages', () => received(example).length >= before + 3, 30_000);
      } catch (error) {
        throw new Error(`${(error as Error).message} It says:\n${example.log.text.slice(-2000)}`);
      }
    }

    it('publishes and receives', async () => {
      await flows();
      expect(received(example).slice(0, 3)).toEqual([1, 2, 3]);
    }, 40_000);

    it('goes on with a new password, certificate and CA, which reach the server first', async () => {
      const last = received(example).at(-1)!;
      await scene.rotate();
      await until('it is disconnected', () => /^(Disconnected|Error: )/m.test(example.log.text));
      await sleep(LATER);
      scene.mount('current', scene.secret());
      await flows();
      const numbers = received(example).filter((number) => number > last);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      const lost = numbers.at(-1)! - last - numbers.length;
      console.log(`${language}: ${numbers.length} messages received after a rotation, ${lost} lost`);
      expect(lost).toBeLessThanOrEqual(ONE_RECONNECT);
      expect(example.process.exitCode).toBeNull();
    }, 90_000);

    it('is told why it is refused, as docs/clients.md says, and is let in once its Secret is right', async () => {
      const told = documented(language);
      // Others publish to the same subject now.
      example.stop();
      const cases = await refusals(scene);
      expect([...told.keys()].sort()).toEqual([...cases.keys()].sort());
      const runs = [...cases].map(([row, { secret, subject }], i) => {
        const folder = scene.mount(`refused-${i}`, secret);
        return { row, folder, run: scene.run(argv, folder, subject) };
      });
      for (const { row, run } of runs) {
        const says = (text: string) => text.includes(told.get(row)!);
        await until(`"${row}" is told`, () => says(run.log.text), 30_000).catch(() => {});
        expect.soft(run.log.text, row).toContain(told.get(row));
      }
      const [{ folder, run }] = runs as [(typeof runs)[0]];
      scene.mount(folder, scene.secret());
      await run.log.waitFor(/^Connected/m);
      for (const { run } of runs) run.stop();
    }, 60_000);
  });
}
