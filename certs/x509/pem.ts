/** What a PEM file may hold. Whatever leaves such a file is one block of it, encoded anew, and never the file's text. */

const BLOCK = /-----BEGIN ([^-]+)-----[^-]+-----END \1-----/g;
const BOUNDARY = /^(.*)-----(BEGIN|END) ([^-\r\n]*)-----(.*)$/gm;

/** Whether a file that was read as text is one ASN.1 value in binary. */
export const looksLikeDer = (text: string) => /^0[\x80-\xff\ufffd]/.test(text);

/** Whether a PEM text is a private key that needs a passphrase, in PKCS #8 form or in OpenSSL's older one. */
export const isEncrypted = (pem: string) =>
  /^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem);

/** Whether the first block is a key. Linkerd reads that one, which `openssl ecparam -genkey` makes one of parameters. */
export const startsWithKey = (pem: string) => /^[^-]*-----BEGIN (EC )?PRIVATE KEY-----/.test(pem);

/** Whether nothing follows the last certificate, not even a blank line: Linkerd refuses an anchor that has more. */
export const endsWithCertificate = (pem: string) => /-----END CERTIFICATE-----(\r?\n)?$/.test(pem);

/** Each certificate of a PEM text, as the text that is its own. */
export const certificateBlocks = (pem: string): string[] =>
  [...pem.matchAll(BLOCK)].filter(([, label]) => label === 'CERTIFICATE').map(([block]) => block);

/** What is wrong with a file of `certs/issued/`. */
export interface Problem {
  readonly problem: string;
  /** @default - the remedy for any file that cannot be used */
  readonly remedy?: string;
}

/**
 * Why a file must not be used as the file of one certificate or of one key; undefined when nothing is wrong with it.
 * A private key beside the certificate would be delivered with it. Go, and so nats-server and Linkerd, find no block
 * after a byte order mark, or behind other text on its line.
 * @param wanted whether the file is for a certificate or for its key
 */
export function unwantedText(pem: string, wanted: 'certificate' | 'key'): Problem | undefined {
  if (pem.startsWith('\ufeff')) {
    return { problem: 'begins with a byte order mark', remedy: 'save it as plain ASCII, without that mark' };
  }
  for (const [, before, boundary, label, after] of pem.matchAll(BOUNDARY)) {
    const fits =
      wanted === 'certificate' ? label === 'CERTIFICATE' : /PRIVATE KEY$|^EC PARAMETERS$/.test(label!);
    if (!fits) {
      const [kept, elsewhere] = wanted === 'certificate' ? ['CERTIFICATE', '.key'] : ['PRIVATE KEY', '.crt'];
      return {
        problem: `holds a block ${label} beside the ${wanted}`,
        remedy: `keep only the block ${kept}; anything else belongs into the file that ends with ${elsewhere}, or elsewhere`,
      };
    }
    if (before || after?.trim()) {
      return {
        problem: `has text on the line of ${boundary} ${label}, so nats-server and Linkerd do not find the block`,
        remedy: 'let that line begin and end with its five dashes',
      };
    }
  }
  return undefined;
}

/** The block of the private key alone, without the parameters that `openssl ecparam -genkey` writes before it. */
export const keyBlock = (pem: string): string => {
  const block = [...pem.matchAll(BLOCK)].find(([, label]) => label?.endsWith('PRIVATE KEY'))?.[0];
  return block ? `${block}\n` : pem;
};
