/** The few ASN.1 values that a certificate is made of, over node-forge's encoder. Bytes are binary strings. */
import forge from 'node-forge';

const { asn1 } = forge;
const { Class, Type } = asn1;

export type Asn1 = forge.asn1.Asn1;

const primitive = (type: forge.asn1.Type, bytes: string) => asn1.create(Class.UNIVERSAL, type, false, bytes);
const binary = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

export const sequence = (...values: Asn1[]) => asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, values);
export const set = (...values: Asn1[]) => asn1.create(Class.UNIVERSAL, Type.SET, true, values);
export const oid = (id: string) => primitive(Type.OID, asn1.oidToDer(id).getBytes());
export const bool = (value: boolean) => primitive(Type.BOOLEAN, value ? '\xff' : '\x00');
export const utf8 = (text: string) => primitive(Type.UTF8, binary(Buffer.from(text)));
export const octets = (bytes: string) => primitive(Type.OCTETSTRING, bytes);

/** A small non-negative INTEGER. */
export const int = (value: number) => primitive(Type.INTEGER, asn1.integerToDer(value).getBytes());

/** An INTEGER from its big-endian bytes, of which the first has to be in 01 to 7f. */
export const bigInt = (bytes: Uint8Array) => primitive(Type.INTEGER, binary(bytes));

/** A BIT STRING whose last byte leaves some bits unused. */
export const bits = (bytes: Uint8Array, unused = 0) =>
  primitive(Type.BITSTRING, String.fromCharCode(unused) + binary(bytes));

/** A context-specific tag around other values. */
export const explicit = (tag: number, ...values: Asn1[]) =>
  asn1.create(Class.CONTEXT_SPECIFIC, tag, true, values);

/** A context-specific tag in place of a primitive value's own. */
export const implicit = (tag: number, bytes: string) =>
  asn1.create(Class.CONTEXT_SPECIFIC, tag, false, bytes);

/** RFC 5280 4.1.2.5: UTCTime, whose year has two digits, ends with 2049. */
export const time = (at: Date) =>
  at.getUTCFullYear() < 2050
    ? primitive(Type.UTCTIME, asn1.dateToUtcTime(at).toString())
    : primitive(Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(at).toString());

export const encode = (value: Asn1) => asn1.toDer(value).getBytes();
export const encodeBuffer = (value: Asn1) => Buffer.from(encode(value), 'latin1');
export const decode = (bytes: Uint8Array) => asn1.fromDer(binary(bytes));

/** The values inside a constructed one. */
export function children(value: Asn1 | undefined): readonly Asn1[] {
  return Array.isArray(value?.value) ? value.value : [];
}

/** The bytes of a primitive value. */
export function content(value: Asn1 | undefined): string {
  return typeof value?.value === 'string' ? value.value : '';
}
