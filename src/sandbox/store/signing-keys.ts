import { randomBytes } from 'node:crypto';

/** The name and the shared key of an HMAC-SHA256, 32 upper-case hexadecimal characters each (S-247). */
export interface SigningKeys {
  readonly publicSigningKey: string;
  readonly privateSigningKey: string;
}

export function newSigningKeys(): SigningKeys {
  return { publicSigningKey: newKey(), privateSigningKey: newKey() };
}

function newKey(): string {
  return randomBytes(16).toString('hex').toUpperCase();
}
