import { ConfigError } from '../../../src/config/config';
import { parseTenantsFile } from '../../../src/config/tenants/parse-tenants-file';

export const HASH = 'a1'.repeat(32);
export const OTHER = 'b2'.repeat(32);
export const SCOPES = [
  'integrations:read',
  'integrations:write',
  'webhooks:verify',
  'secrets:compare',
  'audit:read',
  'cache:purge',
] as const;

/** A valid file. */
export const GOOD = `
tenants:
  - id: acme
    hubster:
      clientId: client-acme
      clientSecret: { env: ACME_SECRET }
    hubs: ["3BC1E69F-c520-446f-ab2c-01751fd66a31"]
    limits: { requestsPerMinute: 6000 }
  - id: globex
    hubster: { clientId: client-globex, clientSecret: { file: /run/secrets/globex } }
callers:
  - id: billing
    keyHash: sha256:${HASH.toUpperCase()}
    tenants: [acme]
    scopes: [integrations:read, integrations:write]
  - id: gateway
    keys: [{ hash: "sha256:${OTHER}", expires: 2027-01-01 }, { hash: "sha256:${'c3'.repeat(32)}" }]
    tenants: "*"
    scopes: [integrations:read]
`;

export function parse(text: string) {
  return parseTenantsFile(text, {
    env: { ACME_SECRET: 'acme-secret', EMPTY: '' },
    readFile: (path) => {
      if (path !== '/run/secrets/globex') throw new Error(`ENOENT ${path}`);
      return 'globex-secret\n';
    },
    scopes: SCOPES,
  });
}

/** The violations of a file, as the lines of the error. */
export function violationsOf(text: string): string[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
}
