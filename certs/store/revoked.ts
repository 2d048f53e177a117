/** Which leaf clusters are shut out. */

/** File in `certs/issued/`: a list of cluster names. */
export const REVOKED = 'revoked.json';

/** The cluster names in the text of `revoked.json`; undefined when it is anything but a list of names. */
export function parseRevoked(text: string): string[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isName = (name: unknown): name is string => typeof name === 'string' && name !== '';
  return Array.isArray(value) && value.every(isName) ? value : undefined;
}

export const formatRevoked = (clusters: readonly string[]) => `${JSON.stringify(clusters, undefined, 2)}\n`;
