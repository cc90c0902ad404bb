import { readFileSync } from 'node:fs';

/** The rest is reserved for Hubster, Redis and the audit trail. */
const SHARE_OF_CLIENTS = 0.75;

/** `wanted`, reduced so that descriptors are left for everything else. */
export function availableConnections(wanted: number, limit: number = descriptorLimit()): number {
  return Math.min(wanted, Math.max(1, Math.floor(limit * SHARE_OF_CLIENTS)));
}

/** How many files and sockets the process may have open; unlimited if the system does not report it (Linux does). */
function descriptorLimit(): number {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
