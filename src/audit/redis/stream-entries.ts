/** One line of the trail as it stands in the stream. */
export interface StreamEntry {
  /** The id Redis gave it: milliseconds of its clock, and a counter. */
  readonly id: string;
  readonly chain: string;
  readonly line: string;
}

/** Reads a reply of XREVRANGE; what is not an entry of ours is left out. */
export function streamEntries(reply: unknown): StreamEntry[] {
  if (!Array.isArray(reply)) return [];
  return reply.flatMap((entry: unknown) => {
    if (!Array.isArray(entry)) return [];
    const [id, fields]: unknown[] = entry;
    if (typeof id !== 'string' || !Array.isArray(fields)) return [];
    const [chainName, chain, lineName, line]: unknown[] = fields;
    if (chainName !== 'chain' || lineName !== 'line' || typeof chain !== 'string' || typeof line !== 'string')
      return [];
    return [{ id, chain, line }];
  });
}
