import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, closeSync, constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A pipe for a container's output that its user owns, so that `/dev/stdout` and `/proc/1/fd/1` can be opened in the
 * container. Node's own pipes are sockets, which cannot.
 * @param path - a file name beside which the pipe is made and removed again
 */
export function outputPipe(path: string, uid: number) {
  const name = `${path}.pipe`;
  rmSync(name, { force: true });
  execFileSync('mkfifo', ['--mode=600', name]);
  chownSync(name, uid, 0);
  const reader = new Socket({
    fd: openSync(name, constants.O_RDONLY | constants.O_NONBLOCK),
    writable: false,
  });
  const writer = openSync(name, 'w');
  const closed = once(reader, 'close');
  rmSync(name);
  return {
    reader,
    writer,
    /** The child has its copy; without ours, the pipe ends when the child does. */
    handedOver: () => closeSync(writer),
    /** Waits for what is left in the pipe. A process that outlives the container may hold it open. */
    drained: () => Promise.race([closed, sleep(1000, undefined, { ref: false })]),
  };
}
