/** What has been minted, as the constructs' Secrets need it. */
export interface Credentials {
  /** PEM of a NATS certificate and its key, by `certificateName`. */
  certificate(name: string): { readonly crt: string; readonly key: string };
  /** PEM bundle that verifies NATS certificates. */
  readonly natsCa: string;
  /** Password, by `passwordName`. */
  password(name: string): string;
  /** Users that no server may let in any more, by `passwordName`. @default - none */
  readonly revoked?: ReadonlySet<string>;
}
