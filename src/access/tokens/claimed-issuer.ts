import { decodeJwt } from 'jose';
import type { Secret } from '../../secrets/secret';

/** The issuer that an unverified token claims; only good for choosing the keys to verify it with. */
export function claimedIssuer(token: Secret): string | undefined {
  try {
    const { iss }: { readonly iss?: unknown } = decodeJwt(token.reveal());
    return typeof iss === 'string' ? iss : undefined;
  } catch {
    return undefined;
  }
}
