import type { ChainEnd, Opening } from './chain';

/** The first line of a chain, as stored. */
export interface ReadOpening extends Opening {
  readonly chain: string;
  readonly keyId: string;
}

/** Undefined if the text is not the first line of a chain. */
export function readOpening(line: Buffer): ReadOpening | undefined {
  const value = parse(line);
  const chain = text(value, 'chain');
  const keyId = text(value, 'keyId');
  const keptFrom = text(value, 'keptFrom');
  if (text(value, 'phase') !== 'open' || chain === undefined || keyId === undefined || keptFrom === undefined) return;
  const after = readEnd(member(value, 'after'));
  if (after === undefined) return;
  const [clock, steadySince] = [text(value, 'retentionClock'), text(value, 'steadySince')];
  const retention = clock !== undefined && steadySince !== undefined && { retentionClock: clock, steadySince };
  return { chain, keyId, keptFrom, after, ...retention };
}

function readEnd(value: unknown): ChainEnd | null | undefined {
  if (value === null) return null;
  const [chain, hash, seq, torn] = [
    text(value, 'chain'),
    text(value, 'hash'),
    member(value, 'seq'),
    member(value, 'torn'),
  ];
  if (chain === undefined || hash === undefined || typeof seq !== 'number' || typeof torn !== 'number')
    return undefined;
  return { chain, hash, seq, torn };
}

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString());
  } catch {
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

function text(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return typeof found === 'string' ? found : undefined;
}
