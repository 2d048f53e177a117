import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `EXT4_IOC_SHUTDOWN` with `EXT4_GOING_FLAGS_NOLOGFLUSH`: from now on the file system writes nothing, not even its
 * journal, which is how the kernel's own tests of file systems cut the power.
 * @see https://docs.kernel.org/filesystems/ext4/
 */
const SHUT_DOWN =
  'open F, "<", shift or die $!; my $flags = pack "I", 2; ioctl F, 0x8004587d, $flags or die $!';

/** Blocks that are never written take no room on this machine. */
const SIZE = 4 * 2 ** 30;

/**
 * A disk whose power can be cut: an ext4 file system in a file of this machine, mounted at a folder. What the system
 * had yet to write is lost then; what the disk was given is kept, as by a disk that holds no writes back.
 */
export class Disk {
  private image: string;
  private cuts = 0;

  /** @param name - the file's path, to which a number is added */
  constructor(
    private readonly name: string,
    readonly folder: string,
  ) {
    mkdirSync(folder, { recursive: true });
    this.image = `${name}-0`;
    writeFileSync(this.image, '');
    truncateSync(this.image, SIZE);
    // Without the options, a kernel thread writes on to the new file system while the tests run.
    system('mkfs.ext4', ['-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', this.image]);
    this.mount();
  }

  /** Whatever is written from now on is lost. */
  cutPower() {
    system('perl', ['-e', SHUT_DOWN, this.folder]);
  }

  /** Mounts what has reached the disk. The old mount may live on in namespaces of others, so this is a copy. */
  restorePower() {
    system('umount', ['--lazy', this.folder]);
    this.cuts += 1;
    const copy = `${this.name}-${this.cuts}`;
    system('cp', ['--sparse=always', this.image, copy]);
    rmSync(this.image);
    this.image = copy;
    this.mount();
  }

  private mount() {
    system('mount', ['-o', 'loop', this.image, this.folder]);
  }
}

/** A command of this machine; what it complains of goes into the error. */
const system = (command: string, args: readonly string[]) => execFileSync(command, args, { stdio: 'pipe' });

/** Unmounts every disk below a folder, and removes the folder. */
export function removeWithDisks(folder: string) {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const points = mounts
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(`${folder}/`));
  for (const point of points) system('umount', ['--lazy', point]);
  rmSync(folder, { recursive: true, force: true });
}

/** Whether this machine has what a disk needs. */
export function disksCanBeMade(): boolean {
  const folder = mkdtempSync(join(tmpdir(), `nats-mtls-${process.pid}-disk-`));
  try {
    const disk = new Disk(join(folder, 'image'), join(folder, 'mounted'));
    disk.cutPower();
    return true;
  } catch {
    return false;
  } finally {
    removeWithDisks(folder);
  }
}
