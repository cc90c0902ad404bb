import type { TrailKey } from '../../chain/chain';

/** The length of a digest, in bytes. Two names with one digest cost a reader some lines, no more. */
const DIGEST_LENGTH = 8;
const MAX_UINT32 = 0xffff_ffff;

/** An entry is a digest, the position of a line, and its length without line end. */
export const ENTRY_LENGTH = DIGEST_LENGTH + 8;
/** The files of chains that have an index are smaller, so that positions fit entries and the work of an index is bounded. */
export const MAX_INDEXED_BYTES = 96 * 1024 * 1024;

/** A tenant, or a target of that tenant. */
export interface Subject {
  readonly tenant: string;
  /** The id of the target. */
  readonly target?: string;
}

/** Where a line is in the file of its chain. */
export interface Extent {
  readonly start: number;
  readonly length: number;
}

/** What an index has in place of names. Keyed, so that an index shows no name, and none can be guessed. */
export function digestOf({ tenant, target }: Subject, key: TrailKey): Buffer {
  const mac = target === undefined ? key.indexMac('tenant', tenant) : key.indexMac('target', tenant, target);
  return mac.subarray(0, DIGEST_LENGTH);
}

/** Entries sort by their bytes: by digest, and of one digest the last line of the chain first, as readers need it. */
export function writeEntry(target: Buffer, at: number, digest: Buffer, { start, length }: Extent): void {
  digest.copy(target, at);
  target.writeUInt32BE(MAX_UINT32 - start, at + DIGEST_LENGTH);
  target.writeUInt32BE(length, at + DIGEST_LENGTH + 4);
}

/** Sorts before every entry of a line that starts in front of `end`, and behind the entries of all other lines with this digest. */
export function boundOf(digest: Buffer, end: number): Buffer {
  const bound = Buffer.alloc(ENTRY_LENGTH);
  const isEmpty = end === 0;
  writeEntry(
    bound,
    0,
    digest,
    isEmpty ? { start: 0, length: MAX_UINT32 } : { start: Math.min(end - 1, MAX_UINT32), length: 0 },
  );
  return bound;
}

export function extentOf(entry: Buffer): Extent {
  const length = entry.readUInt32BE(DIGEST_LENGTH + 4);
  return { start: MAX_UINT32 - entry.readUInt32BE(DIGEST_LENGTH), length };
}

export const hasDigest = (entry: Buffer, digest: Buffer): boolean => entry.subarray(0, DIGEST_LENGTH).equals(digest);
