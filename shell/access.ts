import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeConnectionOptions } from '@nats-io/transport-node';
import type { Credentials } from '../model/credentials.ts';
import type { UserModel } from '../model/model.ts';
import { inboxPrefix } from '../model/names.ts';

/** The way of one NATS user to a port of this machine that leads to a server. */
export class Access {
  readonly user: string;
  /** As a client in this process takes it. */
  readonly options: NodeConnectionOptions;
  private readonly certificate:
    | { readonly crt: string; readonly key: string; readonly ca: string }
    | undefined;

  constructor(
    readonly cluster: string,
    { name, password, certificate }: UserModel,
    credentials: Credentials,
    port: number,
  ) {
    this.user = name;
    this.certificate =
      certificate === undefined
        ? undefined
        : { ...credentials.certificate(certificate), ca: credentials.natsCa };
    const tls = this.certificate && {
      tls: { ca: this.certificate.ca, cert: this.certificate.crt, key: this.certificate.key },
    };
    // The broker's certificate names whoever comes by a port-forward so.
    const servers = `${this.certificate ? 'tls' : 'nats'}://localhost:${port}`;
    this.options = { servers, user: name, pass: credentials.password(password), ...tls };
  }

  /**
   * As another program takes it. The keys lie in a folder that only this user can read and that is gone afterwards.
   * @param use is given the variables
   */
  async inEnvironment<T>(use: (variables: Readonly<Record<string, string>>) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(tmpdir(), 'nats-mtls-shell-'));
    const file = (name: string, text: string) => {
      const path = join(folder, name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    };
    try {
      const certificate = this.certificate && {
        NATS_CERT: file('tls.crt', this.certificate.crt),
        NATS_KEY: file('tls.key', this.certificate.key),
        NATS_CA: file('ca.crt', this.certificate.ca),
      };
      // Takes the place of the context that the person has chosen for the `nats` command, and holds nothing secret.
      const context = JSON.stringify({ inbox_prefix: inboxPrefix(this.user) });
      return await use({
        NATS_URL: String(this.options.servers),
        NATS_USER: this.user,
        NATS_PASSWORD: this.options.pass!,
        NATS_INBOX_PREFIX: inboxPrefix(this.user),
        NATS_CONTEXT: file('context.json', context),
        NATS_MTLS_CLUSTER: this.cluster,
        ...certificate,
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
