import { decodeJwt } from 'jose';
import type { Secret } from '../../secrets/secret';

/** What an unverified token says of its issuer: enough to choose the keys to verify it with, and nothing else. */
export function claimedIssuer(token: Secret): string | undefined {
  try {
    const { iss }: { readonly iss?: unknown } = decodeJwt(token.reveal());
    return typeof iss === 'string' ? iss : undefined;
  } catch {
    return undefined;
  }
}
