import type { Listener } from './row.ts';

/** A principal that the topology names, at each listener that asks for a certificate, and how it is tried there. */
export interface Principal {
  readonly at: Listener;
  readonly certificate: string;
  readonly user: string;
  /** Another one of the same listener. */
  readonly otherCertificate: string;
  readonly other: string;
  /** One of the other listener. */
  readonly foreignCertificate: string;
  readonly foreign: string;
  readonly byHand: 'client' | 'leafByHand';
  readonly byServer: 'client' | 'realLeaf';
  readonly refusal: RegExp;
}

export const principals: readonly Principal[] = [
  {
    at: 'broker, clients',
    certificate: 'vm-a-nats-publisher',
    user: 'natsuser',
    otherCertificate: 'vm-a-billing',
    other: 'billing',
    foreignCertificate: 'vm-b-nats-leaf',
    foreign: 'leaf-vm-b',
    byHand: 'client',
    byServer: 'client',
    refusal: /-ERR 'Authorization Violation'.*"Authentication Failure"/s,
  },
  {
    at: 'broker, leaves',
    certificate: 'vm-b-nats-leaf',
    user: 'leaf-vm-b',
    otherCertificate: 'vm-c-nats-leaf',
    other: 'leaf-vm-c',
    foreignCertificate: 'vm-a-nats-publisher',
    foreign: 'natsuser',
    byHand: 'leafByHand',
    byServer: 'realLeaf',
    refusal: /Leafnode Error 'Authorization Violation'/,
  },
];
