import { isIPv6 } from 'node:net';
import { checkNodePort, type Place, refuse } from '../model/checks.ts';
import type { Listener } from '../model/topology.ts';
import type { ConfBlock } from './nats-config.ts';
import { TLS } from './workload.ts';

/** A listener whose choices are made. */
export interface ResolvedListener {
  /** `undefined` if it cannot be reached from outside the cluster. */
  readonly nodePort: number | undefined;
  readonly tls: boolean;
}

/** Fills in the defaults and refuses a NodePort in clear text that nobody wrote out. */
export function resolveListener(
  at: Place,
  listener: Listener = {},
  defaultNodePort: number,
): ResolvedListener {
  const property = (name: string) => ({ ...at, property: `${at.property}.${name}` });
  const nodePort = listener.nodePort ?? defaultNodePort;
  const tls = listener.tls ?? true;
  if (nodePort !== 'closed' && !tls && !listener.insecurePlaintext) {
    const remedy = "leave `tls` out, set `nodePort: 'closed'`, or write `insecurePlaintext: true`";
    refuse(property('tls'), `false opens NodePort ${nodePort} to anyone's eyes; ${remedy}`);
  }
  if (tls && listener.insecurePlaintext) {
    refuse(property('insecurePlaintext'), 'true contradicts TLS; leave it out, or set `tls: false` as well');
  }
  return {
    nodePort:
      nodePort === 'closed' ? undefined : checkNodePort(property('nodePort'), nodePort, defaultNodePort),
    tls,
  };
}

/** The files of the mounted certificate, as both ends of a TLS connection name them. */
export const certificateFiles = (): ConfBlock => ({
  cert_file: `${TLS}/tls.crt`,
  key_file: `${TLS}/tls.key`,
  ca_file: `${TLS}/ca.crt`,
  // Seconds for the handshake; the default of 2 is short across a WAN.
  timeout: 5,
});

/**
 * TLS of a listener that asks for a client certificate and takes the user name from it, so that one client's
 * certificate is of no use with another's password.
 * @see https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/tls_mutual_auth
 */
export const mutualTls = (): ConfBlock => ({ ...certificateFiles(), verify_and_map: true });

/** A host as it stands before a port. */
export const urlHost = (address: string) => (isIPv6(address) ? `[${address}]` : address);
