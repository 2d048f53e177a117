import { expect, it } from 'vitest';
import { certManager } from '../../../doctor/checks/cert-manager.ts';
import { topology as example } from '../../../examples/cert-manager.ts';
import type { KubeObject } from '../../../kube/kube-client.ts';
import { topology as minted } from '../../../topology.ts';
import { target } from './targets.ts';

const made = (name: string, status?: string, message?: string): KubeObject => ({
  kind: 'Certificate',
  metadata: { name },
  status: status === undefined ? {} : { conditions: [{ type: 'Ready', status, message }] },
});

const said = async (...objects: KubeObject[]) =>
  (await certManager(target(objects, example, 'vm-a'))).map(({ level, what }) => `${level}: ${what}`);

it('is content with certificates that are ready, and silent where none is asked for', async () => {
  expect(await said(made('nats-broker-tls', 'True'), made('nats-publisher-tls', 'True'))).toEqual([
    'ok: cert-manager has made 2 certificates',
  ]);
  expect(await certManager(target([], minted))).toEqual([]);
});

it('tells what cert-manager says of a certificate that it has not made, or that nobody works on', async () => {
  expect(
    await said(
      made('nats-broker-tls', 'False', 'secret "nats-issuer" not found'),
      made('nats-publisher-tls'),
    ),
  ).toEqual([
    'problem: cert-manager has not made nats-broker-tls: secret "nats-issuer" not found',
    'problem: cert-manager has not made nats-publisher-tls: it says nothing, as if it did not run',
  ]);
});
