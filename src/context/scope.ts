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
