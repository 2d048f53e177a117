/** Reads DER without building a tree of it: a certificate is judged by three or four of its values. */

/** One value. */
export interface DerValue {
  /** Tag and length included. */
  readonly whole: Buffer;
  readonly content: Buffer;
}

/**
 * The values that follow one another in the bytes.
 * @throws RangeError when the bytes end within a value
 */
export function derValues(bytes: Buffer): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes.readUInt8(at + 1);
    // Above 0x80 it tells how many bytes hold the length.
    const lengthBytes = first > 0x80 ? first - 0x80 : 0;
    const start = at + 2 + lengthBytes;
    const end = start + (lengthBytes > 0 ? bytes.readUIntBE(at + 2, lengthBytes) : first);
    if (end > bytes.length) throw new RangeError('DER: the bytes end within a value');
    values.push({ whole: bytes.subarray(at, end), content: bytes.subarray(start, end) });
    at = end;
  }
  return values;
}

/** The values inside a constructed one; none when there is no such value. */
export const derChildren = (value: DerValue | undefined): DerValue[] =>
  value ? derValues(value.content) : [];
