import { isJsonObject, type JsonValue } from '../../json/json-value';
import { tryReadJson } from '../../json/read/read-json';

/** The end of a chain as it was found in the store. */
export interface ChainEnd {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
  /** Bytes behind the last whole line, left by a crash within a write. */
  readonly torn: number;
}

/** The statements of a chain's first line about the trail before it. */
export interface Opening {
  /** The end of the chain before this one; null for the first of a trail. */
  readonly after: ChainEnd | null;
  /** RFC 3339: retention removes the chains that began before. */
  readonly keptFrom: string;
  /** RFC 3339: the time that retention counts from. Absent if retention uses the clock of the writer alone. */
  readonly retentionClock?: string;
  /** RFC 3339: since when the clock has not jumped. */
  readonly steadySince?: string;
}

/** The first line of a chain, as stored. */
export interface ReadOpening extends Opening {
  readonly chain: string;
  readonly keyId: string;
}

/** Undefined if the text is not the first line of a chain. */
export function readOpening(line: Buffer): ReadOpening | undefined {
  const value = tryReadJson(line);
  if (!isJsonObject(value) || value['phase'] !== 'open') return undefined;
  const { chain, keyId, keptFrom, retentionClock, steadySince } = value;
  const after = value['after'] === null ? null : readEnd(value['after']);
  if (!isText(chain) || !isText(keyId) || !isText(keptFrom) || after === undefined) return undefined;
  const retention = isText(retentionClock) && isText(steadySince) && { retentionClock, steadySince };
  return { chain, keyId, keptFrom, after, ...retention };
}

function readEnd(value: JsonValue | undefined): ChainEnd | undefined {
  if (!isJsonObject(value)) return undefined;
  const { chain, hash, seq, torn } = value;
  if (!isText(chain) || !isText(hash) || typeof seq !== 'number' || typeof torn !== 'number') return undefined;
  return { chain, hash, seq, torn };
}

const isText = (value: JsonValue | undefined): value is string => typeof value === 'string';
