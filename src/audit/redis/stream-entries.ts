/** One line of the trail in the stream. */
export interface StreamEntry {
  /** Assigned by Redis: milliseconds of its clock, and a counter. */
  readonly id: string;
  readonly chain: string;
  readonly line: string;
}

/** Reads a reply of XREVRANGE; foreign entries are left out. */
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
