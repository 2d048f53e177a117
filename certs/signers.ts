import { join } from 'node:path';
import { InvalidInput } from '../model/checks.ts';
import { type Issued, isEncrypted, parseKey } from './check-certificate.ts';
import { shownPath } from './shown-path.ts';
import type { Signer } from './x509.ts';
import { signerOf } from './x509-read.ts';

/** Gives the passphrase of an encrypted key; `file` is for the question. */
export type AskPassphrase = (file: string) => string;

/** The CAs of one run: each key is read, and its passphrase asked for, when something first has to be signed. */
export class Signers {
  private readonly known = new Map<string, Signer>();

  constructor(
    private readonly issued: ReadonlyMap<string, Issued>,
    private readonly folder: string,
    private readonly askPassphrase?: AskPassphrase,
  ) {}

  /** Makes known a CA that is not in the folder yet. */
  add(name: string, signer: Signer) {
    this.known.set(name, signer);
  }

  /**
   * The CA of that name.
   * @param subject name of the certificate to be signed, for messages
   * @throws InvalidInput when its key is not there or cannot be opened
   */
  get(name: string, subject: string): Signer {
    const known = this.known.get(name);
    if (known) return known;
    const signer = this.open(name, subject);
    this.known.set(name, signer);
    return signer;
  }

  private open(name: string, subject: string): Signer {
    const ca = this.issued.get(name);
    const file = shownPath(join(this.folder, `${ca?.name ?? name}.key`));
    if (!ca?.key) {
      throw new InvalidInput(
        `${file}: is missing, and ${subject}.crt has to be signed with it; put it back and run \`npm run certs\` again.`,
      );
    }
    const passphrase = isEncrypted(ca.key) ? this.passphrase(file, subject) : undefined;
    const privateKey = parseKey(ca.key, passphrase);
    if (!privateKey) throw new InvalidInput(`${file}: the passphrase does not open it; try again.`);
    if (!ca.certificate.checkPrivateKey(privateKey)) {
      throw new InvalidInput(`${file}: does not belong to ${ca.name}.crt; restore it from your backup.`);
    }
    return signerOf(ca.certificate, privateKey);
  }

  private passphrase(file: string, subject: string): string {
    if (this.askPassphrase) return this.askPassphrase(file);
    throw new InvalidInput(
      `${file}: is encrypted, and ${subject}.crt has to be signed with it; run \`npm run certs\`, which asks for the passphrase.`,
    );
  }
}
