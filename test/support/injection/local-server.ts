import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { killGroup, type Result, run } from '../command.ts';
import { needed } from '../parts.ts';
import { Log } from '../stage/log.ts';

/** Texts by path below one folder. */
type Files = Readonly<Record<string, string>>;

/** A real nats-server on the loopback interface of this machine. */
export class LocalServer {
  readonly log = new Log('nats-server');
  private readonly folder = mkdtempSync(join(tmpdir(), `nats-mtls-${process.pid}-server-`));
  private readonly child;
  private readonly onExit = () => killGroup(this.child);

  /** @param files `nats.conf`, which listens for clients on 127.0.0.1, and what it includes, by path */
  constructor(files: Files) {
    layOut(this.folder, files);
    this.child = spawn(needed('nats-server'), ['--config', join(this.folder, 'nats.conf')], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.log.follow(this.child.stdout);
    this.log.follow(this.child.stderr);
    process.on('exit', this.onExit);
  }

  /** Waits until it is ready. @returns its port for clients */
  async port(): Promise<number> {
    await this.log.waitFor(/Server is ready/);
    return Number(/Listening for client connections on 127\.0\.0\.1:(\d+)/.exec(this.log.text)?.[1]);
  }

  stop() {
    process.off('exit', this.onExit);
    killGroup(this.child);
    rmSync(this.folder, { recursive: true });
  }
}

/** Has a real nats-server read a configuration, without starting. */
export async function checkConfig(files: Files, main: string, env: Record<string, string>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), `nats-mtls-${process.pid}-config-`));
  try {
    layOut(folder, files);
    return await run([needed('nats-server'), '-t', '--config', join(folder, main)], { env });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function layOut(folder: string, files: Files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: 0o600 });
  }
}
