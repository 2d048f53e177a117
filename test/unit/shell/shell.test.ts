import { expect, it } from 'vitest';
import { resolve } from '../../../model/resolve.ts';
import { openShell } from '../../../shell/shell.ts';
import { topology } from '../../../topology.ts';

const model = resolve(topology);
const open = (cluster: string, user = 'sys') =>
  openShell({ model, cluster, user, issued: '/nowhere', command: ['true'], say: () => {} });

it.each([
  ['vm-z', 'sys', '`cluster`: "vm-z" is not in topology.ts; use vm-a or vm-b.'],
  ['vm-b', 'nobody', '`--user`: "nobody" is no NATS user of vm-b; use natsuser or sys or doctor.'],
  [
    'vm-a',
    'leaf-vm-b',
    '`--user`: "leaf-vm-b" signs in as a leaf, and not as a client; use natsuser or sys or doctor.',
  ],
  [
    'vm-a',
    'sys',
    '`/nowhere`: /nowhere is not here; run this where the credentials are kept, or name their folder with --folder.',
  ],
])('refuses a shell on %s as %s', async (cluster, user, message) => {
  await expect(open(cluster, user)).rejects.toThrow(`npx nats-mtls shell ${message}`);
});
