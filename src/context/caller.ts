/** The scopes that a caller may have. */
export const SCOPES = [
  'integrations:read',
  'integrations:write',
  'webhooks:verify',
  'secrets:compare',
  'audit:read',
  'cache:purge',
] as const;

export type Scope = (typeof SCOPES)[number];

/** The sender of a request: a service with an API key or a token. */
export interface Caller {
  readonly id: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Its limit over all tenants; absent: only the limits of its tenants apply. */
  readonly requestsPerMinute?: number;
}
