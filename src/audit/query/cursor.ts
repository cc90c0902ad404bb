import { seal, unseal } from '../../secrets/seal';
import type { SecretKeys } from '../../secrets/secret-keys';

/**
 * Positions of the store as tenants receive them. A position contains chains, sequences and times of other tenants' records, so it
 * is sealed, and valid for its own tenant only (N2).
 */
export class Cursors {
  constructor(private readonly keys: SecretKeys) {}

  /** Safe in a URL. */
  cursorOf(tenant: string, position: string): string {
    return seal(this.keys, contextOf(tenant), position);
  }

  /** The position in a cursor; undefined for any other text, and for the cursor of another tenant. */
  positionOf(tenant: string, cursor: string): string | undefined {
    return unseal(this.keys, contextOf(tenant), cursor)?.reveal();
  }
}

const contextOf = (tenant: string): string => `audit-cursor/${tenant}`;
