import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createCertificate,
  generateKey,
  keyPem,
  type RequestContent,
} from '../../../certs/x509/certificate.ts';
import { signerOf } from '../../../certs/x509/read-certificate.ts';

/** Files of the certificates, and their keys, by which an API server and a kubelet know each other. */
export interface KubeletFiles {
  readonly ca: string;
  readonly server: { readonly certificate: string; readonly key: string };
  readonly client: { readonly certificate: string; readonly key: string };
}

/** Mints them into a folder, for a kubelet on the loopback and for a day. */
export function kubeletCertificates(folder: string): KubeletFiles {
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000) };
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const caKey = generateKey();
  const ca = createCertificate({ ...validity, commonName: 'kubelet-ca', pathLength: 0 }, caKey);
  const signer = signerOf(new X509Certificate(ca), caKey);
  const signed = (content: RequestContent) => {
    const { commonName } = content;
    const key = generateKey();
    return {
      certificate: file(`${commonName}.crt`, createCertificate({ ...validity, ...content }, key, signer)),
      key: file(`${commonName}.key`, keyPem(key)),
    };
  };
  return {
    ca: file('kubelet-ca.crt', ca),
    server: signed({ commonName: 'kubelet', purposes: ['serverAuth'], names: ['127.0.0.1'] }),
    client: signed({ commonName: 'kube-apiserver-kubelet-client', purposes: ['clientAuth'] }),
  };
}
