/** Where a stream or a consumer is, as a page of its server's monitoring port says. */
export interface Group {
  readonly leader?: string;
  readonly replicas?: readonly { readonly name: string }[];
}

/** What each server says of one group, with the server's own name before it. */
export type Said = readonly (readonly [server: string, group: Group | undefined])[];

/**
 * Names of the servers that have a copy, in order: none while nobody leads. Only the leader is asked, because a
 * follower leaves itself out, and for a moment believes what is no longer so.
 */
export function copiesOf(said: Said): readonly string[] {
  for (const [server, group] of said)
    if (group?.leader === server) return [server, ...(group.replicas ?? []).map(({ name }) => name)].sort();
  return [];
}
