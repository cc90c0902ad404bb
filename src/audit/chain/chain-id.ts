import { randomBytes } from 'node:crypto';

const CHAIN_ID = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3}Z)-[0-9a-f]{16}$/;

/** `20260101T120000.000Z-9f86d081884c7d65`: sorts by start, and is unique among writers. */
export function newChainId(start: number): string {
  return `${new Date(start).toISOString().replaceAll(/[-:]/g, '')}-${randomBytes(8).toString('hex')}`;
}

/** The greatest step back of the clock that a chain waits out, in milliseconds. */
export const MAX_STEP_BACK_MS = 60 * 60 * 1000;

/**
 * The start of a writer's next chain, in milliseconds since the epoch: after its last one, so that names sort in the order of the
 * chains, unless the clock went back so far that the time would be wrong for long.
 */
export function nextStart(now: number, last: number): number {
  return now > last || last - now > MAX_STEP_BACK_MS ? now : last + 1;
}

/** When the chain began, as RFC 3339; undefined for anything but an id. */
export function startOfChain(id: string): string | undefined {
  const [whole, year, month, day, hour, minute, rest] = CHAIN_ID.exec(id) ?? [];
  return whole && `${year}-${month}-${day}T${hour}:${minute}:${rest}`;
}
