import { randomBytes } from 'node:crypto';

/** For HMAC-SHA256: `privateSigningKey` is the key, `publicSigningKey` its name; 32 upper-case hexadecimal characters each (S-247). */
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
