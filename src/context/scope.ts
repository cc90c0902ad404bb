/** What a caller may be allowed to do. */
export const SCOPES = [
  'integrations:read',
  'integrations:write',
  'webhooks:verify',
  'secrets:compare',
  'audit:read',
  'cache:purge',
] as const;

export type Scope = (typeof SCOPES)[number];
