import { isIPv6 } from 'node:net';
import { TLS } from '../kubernetes/workload.ts';
import type { ConfBlock } from './write-conf.ts';

/** The files of a mounted certificate, as both ends of a TLS connection name them. */
export const certificateFiles = (folder = TLS): ConfBlock => ({
  cert_file: `${folder}/tls.crt`,
  key_file: `${folder}/tls.key`,
  ca_file: `${folder}/ca.crt`,
  // Seconds for the handshake; the default of 2 is short across a WAN.
  timeout: 5,
});

/**
 * TLS of a listener that asks for a client certificate and takes the user name from it, so that one client's
 * certificate is of no use with another's password.
 * @see https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/tls_mutual_auth
 */
export const mutualTls = (folder = TLS): ConfBlock => ({ ...certificateFiles(folder), verify_and_map: true });

/** A host as it stands before a port. */
export const urlHost = (address: string) => (isIPv6(address) ? `[${address}]` : address);
