import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mint } from '../../../certs/mint.ts';
import { credentialPlan } from '../../../certs/plan.ts';
import { readIssued } from '../../../certs/store/folder.ts';
import { takeInventory } from '../../../certs/store/inventory.ts';
import { withLock } from '../../../certs/store/lock.ts';
import { replaceSet } from '../../../certs/store/sets.ts';
import { resolve } from '../../../model/resolve.ts';
import type { Topology } from '../../../model/topology.ts';
import {
  at,
  emptyFolder,
  everything,
  mintedFolder,
  swapping,
  temporaryFolder,
  topology,
} from '../../support/certs/fixtures.ts';

const KILLS = 200;

/** A script as one file of plain JavaScript, so that hundreds of processes start quickly. */
function bundled(script: string): string {
  const outfile = join(temporaryFolder(), 'script.cjs');
  const input = join(import.meta.dirname, '..', '..', 'support', 'certs', script);
  buildSync({ entryPoints: [input], bundle: true, platform: 'node', outfile });
  return outfile;
}

function run(script: string, folder: string) {
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Starts a long run, kills it after a random time of work and waits for its end. */
async function killed(script: string, folder: string) {
  const child = run(script, folder);
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  await setTimeout(Math.random() * 100);
  child.kill('SIGKILL');
  await ended;
}

/** Whether the folder holds everything that the topology needs, as it is on the disk. */
function fits(folder: string, wanted: Topology): boolean {
  const plan = credentialPlan(resolve(wanted));
  const { findings, issued, passwords } = takeInventory(plan, readIssued(folder), new Date(), folder);
  expect(findings).toEqual([]);
  // The key of a root may be absent, but none was ever taken away here, except from an old root that signs no more.
  return (
    [...issued.values()].every(({ name, key }) => key || name.endsWith('-previous')) &&
    plan.certificates.every(({ name }) => issued.has(name)) &&
    plan.passwords.every((name) => passwords[name])
  );
}

const beside = (folder: string) => readdirSync(dirname(folder)).map((name) => name.replace(/-.*/, ''));

describe('a run that is killed', () => {
  it(`leaves one whole set each of ${KILLS} times, and the next run tidies up`, async () => {
    const script = bundled('change-repeatedly.ts');
    let fresh = 0;
    // Two at a time, each in a folder that now and then is a new one.
    const chain = async () => {
      let folder = emptyFolder();
      for (let kill = 0; kill < KILLS / 2; kill++) {
        if (kill % 4 === 0) folder = emptyFolder();
        const wasEmpty = !existsSync(folder);
        await killed(script, folder);
        const held = [swapping(0), swapping(1)].find((wanted) => fits(folder, wanted));
        if (!held) {
          expect(wasEmpty && readIssued(folder).size === 0).toBe(true);
          fresh += 1;
        }
        mint(resolve(held ?? swapping(0)), folder);
        expect(beside(folder).sort()).toEqual(['issued', 'issued.set', 'issued.verdicts.json']);
      }
    };
    await Promise.all([chain(), chain()]);
    // Most were killed with something to lose.
    expect(fresh).toBeLessThan(KILLS / 4);
  }, 180_000);

  it('does not keep the next one out by its lock', () => {
    const folder = mintedFolder();
    // The highest number that Linux gives to a process is lower.
    writeFileSync(`${folder}.lock-4194999-0123456789abcdef`, '');
    expect(mint(resolve(at('3.3.3.3')), folder).renewed).toEqual(['vm-a-nats-broker']);
    expect(beside(folder).sort()).toEqual(['issued', 'issued.set', 'issued.verdicts.json']);
  });
});

describe('a run that fails while it writes', () => {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

  /** A file system of 200 kB, gone when the test ends; undefined where it cannot be made. */
  function smallDisk(): string | undefined {
    const folder = temporaryFolder();
    const mounted =
      isRoot && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', folder]).status === 0;
    if (mounted) onTestFinished(() => void spawnSync('umount', [folder]));
    return mounted ? folder : undefined;
  }

  it('leaves the old set on a full disk, says so, and works again when there is room', (context) => {
    const disk = smallDisk();
    if (!disk) return context.skip('a small disk needs Linux and root');
    const folder = join(disk, 'issued');
    mint(resolve(topology), folder);
    const before = everything(folder);
    writeFileSync(join(disk, 'filler'), '');
    expect(() => {
      for (;;) appendFileSync(join(disk, 'filler'), 'x'.repeat(4096));
    }).toThrow('ENOSPC');
    expect(() => mint(resolve(swapping(0)), folder)).toThrow('ENOSPC');
    rmSync(join(disk, 'filler'));
    expect(everything(folder)).toEqual(before);
    expect(mint(resolve(at('3.3.3.3')), folder).renewed).toEqual(['vm-a-nats-broker']);
  });

  it('leaves the old set in a folder that nothing can be written to', (context) => {
    const disk = smallDisk();
    if (!disk) return context.skip('a read-only disk needs Linux and root');
    const folder = join(disk, 'issued');
    mint(resolve(topology), folder);
    const before = everything(folder);
    spawnSync('mount', ['-o', 'remount,ro', disk]);
    expect(() => mint(resolve(at('3.3.3.3')), folder)).toThrow('EROFS');
    expect(mint(resolve(topology), folder).minted).toEqual([]);
    expect(everything(folder)).toEqual(before);
  });

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
    const script = bundled('mint-once.ts');
    const runs = [run(script, folder), run(script, folder), run(script, folder)];
    const outputs = runs.map(async (child) => (await child.stdout.toArray()).join('').trim());
    expect((await Promise.all(outputs)).sort()).toEqual(['0', '0', '16']);
  });

  it('exclude each other, and the one that came late names the lock', async () => {
    const folder = mintedFolder();
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
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
