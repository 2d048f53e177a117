import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownNamespaces, processesIn } from './machine.ts';
import { ip } from './network.ts';
import { clusters, namespaceOf, STATE } from './settings.ts';

/** Ends every process of ours by its id, and removes all that was made; also what a killed run has left. */
export async function down() {
  for (const namespace of ownNamespaces()) {
    for (let pids = processesIn(namespace); pids.length > 0; pids = processesIn(namespace)) {
      for (const pid of pids) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It has ended meanwhile.
        }
      }
      await sleep(100);
    }
    ip('netns', 'delete', namespace);
  }
  for (const { name } of clusters) {
    // The pair of a control link goes with its namespace, though not at once.
    spawnSync('ip', ['link', 'delete', namespaceOf(name)]);
    await removeControlGroups(namespaceOf(name));
  }
  rmSync(STATE, { recursive: true, force: true });
}

/** The kernel lets go of a group some time after the last process has ended. */
async function removeControlGroups(name: string) {
  const remove = `find /sys/fs/cgroup/*/${name} -depth -type d -exec rmdir {} + 2>/dev/null; ! ls -d /sys/fs/cgroup/*/${name}`;
  for (let tries = 0; spawnSync('sh', ['-c', remove]).status !== 0; tries += 1) {
    if (tries === 100)
      throw new Error(`The control groups ${name} cannot be removed: processes are left in them.`);
    await sleep(100);
  }
}
