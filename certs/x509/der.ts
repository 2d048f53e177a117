/**
 * The few ASN.1 values that a certificate is made of, each as its DER encoding in a binary string. node-forge writes
 * the primitives; its trees of values would take ten times as long to encode as the signature takes to make.
 */
// Of node-forge this part alone, because loading the rest takes longer than synth does for a cluster.
import asn1 from 'node-forge/lib/asn1.js';

const { Class, Type } = asn1;

/** The DER encoding of a value. */
export type Der = string;

const CONSTRUCTED = 0x20;

const binary = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

function tagged(tag: number, content: string): Der {
  return String.fromCharCode(tag) + length(content.length) + content;
}

function length(bytes: number): string {
  if (bytes < 0x80) return String.fromCharCode(bytes);
  if (bytes < 0x100) return String.fromCharCode(0x81, bytes);
  if (bytes < 0x10000) return String.fromCharCode(0x82, bytes >> 8, bytes & 0xff);
  throw new RangeError(`DER: a value of ${bytes} bytes is longer than a certificate's may be`);
}

export const sequence = (...values: Der[]) => tagged(Type.SEQUENCE | CONSTRUCTED, values.join(''));
export const set = (...values: Der[]) => tagged(Type.SET | CONSTRUCTED, values.join(''));
export const nothing = () => tagged(Type.NULL, '');
export const bool = (value: boolean) => tagged(Type.BOOLEAN, value ? '\xff' : '\x00');
export const utf8 = (text: string) => tagged(Type.UTF8, binary(Buffer.from(text)));
export const octets = (bytes: string) => tagged(Type.OCTETSTRING, bytes);

const oids = new Map<string, Der>();

export function oid(id: string): Der {
  const known = oids.get(id) ?? tagged(Type.OID, asn1.oidToDer(id).getBytes());
  oids.set(id, known);
  return known;
}

/** The dotted form of an OID's content. */
export const oidText = (content: Uint8Array): string => asn1.derToOid(binary(content));

/** A small non-negative INTEGER. */
export const int = (value: number) => tagged(Type.INTEGER, asn1.integerToDer(value).getBytes());

/** An INTEGER from its big-endian bytes, of which the first has to be in 01 to 7f. */
export const bigInt = (bytes: Uint8Array) => tagged(Type.INTEGER, binary(bytes));

/** A BIT STRING whose last byte leaves some bits unused. */
export const bits = (bytes: Uint8Array, unused = 0) =>
  tagged(Type.BITSTRING, String.fromCharCode(unused) + binary(bytes));

/** A context-specific tag around other values. */
export const explicit = (tag: number, ...values: Der[]) =>
  tagged(Class.CONTEXT_SPECIFIC | CONSTRUCTED | tag, values.join(''));

/** A context-specific tag in place of a primitive value's own. */
export const implicit = (tag: number, bytes: string) => tagged(Class.CONTEXT_SPECIFIC | tag, bytes);

/** RFC 5280 4.1.2.5: UTCTime, whose year has two digits, ends with 2049. */
export const time = (at: Date) =>
  at.getUTCFullYear() < 2050
    ? tagged(Type.UTCTIME, asn1.dateToUtcTime(at).toString())
    : tagged(Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(at).toString());

/** A value that is encoded already. */
export const encoded = (bytes: Uint8Array): Der => binary(bytes);

export const toBuffer = (value: Der) => Buffer.from(value, 'latin1');
