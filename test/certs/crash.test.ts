import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { takeStock } from '../../certs/check.ts';
import { withLock } from '../../certs/lock.ts';
import { mint } from '../../certs/mint.ts';
import { credentialPlan } from '../../certs/plan.ts';
import { replaceSet } from '../../certs/sets.ts';
import { readIssued } from '../../certs/store.ts';
import type { Topology } from '../../model/topology.ts';
import { at, emptyFolder, everything, mintedFolder, read, swapping } from './fixtures.ts';

const KILLS = 25;

function run(script: string, folder: string) {
  const args = ['--import', 'tsx', join(import.meta.dirname, script), folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Starts a long run, kills it after a random time of work and waits for its end. */
async function killed(folder: string) {
  const child = run('mint-repeatedly.ts', folder);
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  await setTimeout(Math.random() * 150);
  child.kill('SIGKILL');
  await ended;
}

/** Whether the folder holds everything that the topology needs, as it is on the disk. */
function fits(folder: string, wanted: Topology): boolean {
  const plan = credentialPlan(wanted);
  const { findings, issued, passwords } = takeStock(plan, readIssued(folder), new Date());
  expect(findings).toEqual([]);
  return issued.size === plan.certificates.length && plan.passwords.every((name) => passwords[name]);
}

const beside = (folder: string) => readdirSync(dirname(folder)).map((name) => name.replace(/-.*/, ''));

describe('a run that is killed', () => {
  it(`leaves one whole set each of ${KILLS} times, and the next run tidies up`, async () => {
    // Two at a time, each in a folder that now and then is a new one.
    const chain = async () => {
      let folder = emptyFolder();
      for (let kill = 0; kill < KILLS / 2; kill++) {
        if (kill % 4 === 0) folder = emptyFolder();
        const before = existsSync(folder) ? read(folder, 'ca.key') : undefined;
        await killed(folder);
        const empty = before === undefined && readIssued(folder).size === 0;
        expect(empty || fits(folder, swapping(0)) || fits(folder, swapping(1))).toBe(true);
        if (before) expect(read(folder, 'ca.key')).toBe(before);
        mint(swapping(kill), folder);
        expect(beside(folder).sort()).toEqual(['issued', 'issued.set']);
      }
    };
    await Promise.all([chain(), chain()]);
  });

  it('does not keep the next one out by its lock', () => {
    const folder = mintedFolder();
    // The highest number that Linux gives to a process is lower.
    writeFileSync(`${folder}.lock-4194999-0123456789abcdef`, '');
    expect(mint(at('3.3.3.3'), folder).renewed).toEqual(['vm-a-nats-broker']);
    expect(beside(folder).sort()).toEqual(['issued', 'issued.set']);
  });
});

describe('a run that fails while it writes', () => {
  it('leaves the old set', () => {
    const folder = mintedFolder();
    const before = everything(folder);
    const fill = (next: string) => {
      writeFileSync(join(next, 'ca.crt'), 'half');
      throw new Error('no space left');
    };
    expect(() => replaceSet(folder, fill)).toThrow('no space left');
    expect(everything(folder)).toEqual(before);
  });
});

describe('two runs at once', () => {
  it('mint one set between them', async () => {
    const folder = emptyFolder();
    const runs = [run('mint-once.ts', folder), run('mint-once.ts', folder), run('mint-once.ts', folder)];
    const outputs = runs.map(async (child) => (await child.stdout.toArray()).join('').trim());
    expect((await Promise.all(outputs)).sort()).toEqual(['0', '0', '12']);
  });

  it('exclude each other, and the one that came late names the lock', async () => {
    const folder = mintedFolder();
    const other = spawn('sleep', ['60']);
    const lock = `${basename(folder)}.lock-${other.pid}-0123456789abcdef`;
    writeFileSync(join(dirname(folder), lock), '');
    try {
      expect(() => withLock(folder, () => 'never')).toThrow(
        new RegExp(`another run is changing it.*${lock}`),
      );
    } finally {
      other.kill();
    }
  });
});
