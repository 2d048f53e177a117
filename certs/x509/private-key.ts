import { createPrivateKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { InvalidInput } from '../../model/checks.ts';
import { certsLine } from '../../terminal/shown-command.ts';
import { shownPath } from '../../terminal/shown-path.ts';
import { parseKey } from '../store/check-certificate.ts';
import { isEncrypted } from './pem.ts';

/** Gives the passphrase of an encrypted key; `file` is for the question. */
export type AskPassphrase = (file: string) => string;

/** A key of the folder that may be encrypted, and what it is opened for. */
export interface LockedKey {
  readonly folder: string;
  /** File name in the folder. */
  readonly file: string;
  readonly pem: string;
  /** Why it is opened, as the end of "it is encrypted, and …". */
  readonly why: string;
}

/** A key in clear, and the passphrase that the file has, if any. */
export interface OpenedKey {
  readonly privateKey: KeyObject;
  readonly passphrase?: string;
}

/**
 * Opens a key with the passphrase that somebody is asked for, if it needs one.
 * @throws InvalidInput when there is nobody to ask, or the passphrase is wrong
 */
export function openKey({ folder, file, pem, why }: LockedKey, ask?: AskPassphrase): OpenedKey {
  const path = shownPath(join(folder, file));
  if (isEncrypted(pem) && !ask) {
    throw new InvalidInput(
      `${path}: is encrypted, and ${why}; run \`${certsLine(folder)}\`, which asks for the passphrase.`,
    );
  }
  const passphrase = isEncrypted(pem) ? ask?.(path) : undefined;
  const privateKey = parseKey(pem, passphrase);
  if (!privateKey) {
    throw new InvalidInput(`${path}: ${unopened(file, pem)}.`);
  }
  return { privateKey, ...(passphrase === undefined ? {} : { passphrase }) };
}

/** Why a key is not opened, and what to do. */
function unopened(file: string, pem: string): string {
  if (!isEncrypted(pem)) return 'is not a complete PEM private key; restore it from your backup';
  if (!hasOldCipher(pem)) return 'the passphrase does not open it; try again';
  return `is encrypted by a cipher that OpenSSL 3 has given up; run \`openssl pkcs8 -topk8 -provider legacy -provider default -in ${file} -out ${file}.new\` in its folder, then \`mv ${file}.new ${file}\``;
}

/** Whether no passphrase would open it, such as one encrypted with RC4 or single DES. */
function hasOldCipher(pem: string): boolean {
  try {
    createPrivateKey({ key: pem, passphrase: '' });
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_OSSL_EVP_UNSUPPORTED';
  }
}

/**
 * The passphrase of a root's key, for the key that replaces it; undefined where it has none.
 * @throws InvalidInput as `openKey` does
 */
export function passphraseOf(root: string, pem: string | undefined, folder: string, ask?: AskPassphrase) {
  if (!pem || !isEncrypted(pem)) return undefined;
  const why = 'the key that replaces it gets the same passphrase';
  return openKey({ folder, file: `${root}.key`, pem, why }, ask).passphrase;
}
