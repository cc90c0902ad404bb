import { Injectable } from '@nestjs/common';
import { Problem } from '../../problems/problem';
import type { Secret } from '../../secrets/secret';
import { SecretKeys } from '../../secrets/secret-keys';
import { Directory } from '../directory';
import type { Grant } from '../grant';
import { claimedIssuer } from './claimed-issuer';
import { ownTokenGrant } from './own-token';
import { tokenGrant } from './token-grant';
import { TokenVerifier } from './token-verifier';

/** What keys start with: such a bearer is a wrong key and never somebody's portal token. */
const KEY_PREFIX = 'sd_';

/** Bearers that are no known key: tokens of configured issuers and, where it is allowed, portal tokens (design 3). */
@Injectable()
export class Bearers {
  constructor(
    private readonly directory: Directory,
    private readonly verifier: TokenVerifier,
    private readonly keys: SecretKeys,
  ) {}

  /** Throws, or rejects with, `unauthenticated`. `hash` is the SHA-256 by which a verified token is remembered. */
  identify(token: Secret, hash: string): Grant | Promise<Grant> {
    const { index } = this.directory;
    const issuer = index.issuers.get(claimedIssuer(token) ?? '');
    if (issuer) {
      return this.verifier.verify(token, issuer).then((claims) => {
        // A file that was replaced meanwhile says nothing any more about who may do what.
        if (this.directory.index !== index) return this.identify(token, hash);
        const grant = claims && tokenGrant(claims, issuer, index.tenants);
        if (!grant) throw new Problem('unauthenticated');
        index.verified.set(hash, grant);
        return grant;
      });
    }
    if (!index.passthrough || token.reveal().startsWith(KEY_PREFIX)) throw new Problem('unauthenticated');
    return ownTokenGrant(token, this.keys);
  }
}
