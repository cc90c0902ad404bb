import { randomBytes } from 'node:crypto';

const CHAIN_ID = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3}Z)-[0-9a-f]{16}$/;

/** `20260101T120000.000Z-9f86d081884c7d65`: sorts by start, and no two writers meet. */
export function newChainId(start: number): string {
  return `${new Date(start).toISOString().replaceAll(/[-:]/g, '')}-${randomBytes(8).toString('hex')}`;
}

/** When the chain began, as RFC 3339; undefined for anything but an id. */
export function startOfChain(id: string): string | undefined {
  const [whole, year, month, day, hour, minute, rest] = CHAIN_ID.exec(id) ?? [];
  return whole && `${year}-${month}-${day}T${hour}:${minute}:${rest}`;
}
