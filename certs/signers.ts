import { join } from 'node:path';
import { InvalidInput } from '../model/checks.ts';
import { certsLine } from '../terminal/shown-command.ts';
import { shownPath } from '../terminal/shown-path.ts';
import type { Issued } from './store/check-certificate.ts';
import type { Signer } from './x509/certificate.ts';
import { type AskPassphrase, openKey } from './x509/private-key.ts';
import { signerOf } from './x509/read-certificate.ts';

/** The CAs of one run: each key is read, and its passphrase asked for, when something first has to be signed. */
export class Signers {
  private readonly known = new Map<string, Signer>();

  /** @param issued - may grow: a CA is looked up when something first has to be signed with it */
  constructor(
    private readonly issued: ReadonlyMap<string, Issued>,
    private readonly folder: string,
    private readonly askPassphrase?: AskPassphrase,
  ) {}

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
    const { folder } = this;
    const ca = this.issued.get(name);
    const file = `${ca?.name ?? name}.key`;
    const path = shownPath(join(folder, file));
    const why = `${subject}.crt has to be signed with it`;
    if (!ca?.key) {
      throw new InvalidInput(
        `${path}: is missing, and ${why}; put it back and run the same command again, or have another CA sign it: ${certsLine(folder, `csr ${subject}`)}.`,
      );
    }
    const { privateKey } = openKey({ folder, file, pem: ca.key, why }, this.askPassphrase);
    if (!ca.certificate.checkPrivateKey(privateKey)) {
      throw new InvalidInput(`${path}: does not belong to ${ca.name}.crt; restore it from your backup.`);
    }
    return signerOf(ca.certificate, privateKey);
  }
}
