/** The minted certificates and passwords, as the Secrets of the constructs need them. */
export interface Credentials {
  /** PEM of a NATS certificate and of its key. @param name as `certificateName` makes it */
  certificate(name: string): { readonly crt: string; readonly key: string };
  /** PEM of every NATS CA that is trusted. */
  readonly natsCa: string;
  /** A password. @param name as `passwordName` makes it */
  password(name: string): string;
  /**
   * bcrypt hash of that password. Servers get the hash only. The same password must give the same hash each time, because
   * servers reload when it changes.
   */
  passwordHash(name: string): string;
  /** Users that servers refuse, as `passwordName` makes their names. @default - none */
  readonly revoked?: ReadonlySet<string>;
}
