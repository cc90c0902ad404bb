import { createHash, randomUUID } from 'node:crypto';

/** The samples of Hubster's document end like this. Each use of one gets a new account, so that samples can be used repeatedly. */
export function isSample(value: string): boolean {
  return value.endsWith('...');
}

/** Identifies the account of a value: the value itself, or a random text for a sample. */
export function accountSeed(value: string): string {
  return isSample(value) ? randomUUID() : value;
}

/** `length` decimal digits, the same for the same seed. */
export function digitsFrom(seed: string, length: number): string {
  return BigInt(`0x${createHash('sha256').update(seed).digest('hex')}`)
    .toString()
    .slice(-length);
}

/** For a configuration value that has been validated as a string. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
