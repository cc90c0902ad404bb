import { createHash, randomUUID } from 'node:crypto';

/** The document's own samples end so; each use of one stands for an account of its own, so that it can be tried again and again. */
export function isSample(value: string): boolean {
  return value.endsWith('...');
}

/** What identifies the account behind a value: the value itself, or something fresh for a sample. */
export function accountSeed(value: string): string {
  return isSample(value) ? randomUUID() : value;
}

/** `length` decimal digits, the same for the same seed. */
export function digitsFrom(seed: string, length: number): string {
  return BigInt(`0x${createHash('sha256').update(seed).digest('hex')}`)
    .toString()
    .slice(-length);
}

/** A configuration value that its check has shown to be a string. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
