import { randomBytes } from 'node:crypto';

interface IssuedToken {
  readonly tenant: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Portal tokens, kept in memory until they expire. */
export class TokenTable {
  readonly #tokens = new Map<string, IssuedToken>();

  constructor(readonly lifetimeSeconds: number) {}

  issue(tenant: string): string {
    this.#dropExpired();
    const token = `hpt_${randomBytes(32).toString('base64url')}`;
    this.#tokens.set(token, { tenant, expiresAt: Date.now() + this.lifetimeSeconds * 1000 });
    return token;
  }

  /** The tenant of a valid token. */
  tenantOf(token: string): string | undefined {
    const issued = this.#tokens.get(token);
    return issued && issued.expiresAt > Date.now() ? issued.tenant : undefined;
  }

  /** Revokes the tokens of one tenant, or of all; returns their number. */
  revoke(tenant?: string): number {
    const revoked = [...this.#tokens].filter(([, issued]) => tenant === undefined || issued.tenant === tenant);
    for (const [token] of revoked) this.#tokens.delete(token);
    return revoked.length;
  }

  /** All tokens have the same lifetime, so the map begins with the expired ones. */
  #dropExpired(): void {
    for (const [token, { expiresAt }] of this.#tokens) {
      if (expiresAt > Date.now()) return;
      this.#tokens.delete(token);
    }
  }
}
