import { Ajv } from 'ajv';
import { parse, stringify } from 'yaml';
import { parseTenantsFile } from '../../src/config/tenants/parse-tenants-file';
import schema from '../../src/config/tenants-file.schema.json';
import { SCOPES } from '../../src/context/caller';

type Document = Record<string, unknown>;

const HASH = `sha256:${'a'.repeat(64)}`;
const TENANT = { id: 'acme', hubster: { clientId: 'client', clientSecret: { env: 'SECRET' } } };
const CALLER = { id: 'billing', keyHash: HASH, tenants: ['acme'], scopes: ['integrations:read'] };
const ISSUER = {
  issuer: 'https://login.example.com/',
  audience: 'a',
  jwksUri: 'https://login.example.com/k',
  tenants: '*',
};
const FULL: Document = { tenants: [TENANT], callers: [CALLER], issuers: [ISSUER], passthrough: false };

const withTenant = (changes: object): Document => ({ ...FULL, tenants: [{ ...TENANT, ...changes }] });
const withCaller = (changes: object): Document => ({ ...FULL, callers: [{ ...CALLER, ...changes }] });
const withIssuer = (changes: object): Document => ({ ...FULL, issuers: [{ ...ISSUER, ...changes }] });
const { keyHash: _hash, ...KEYLESS } = CALLER;
const withKeys = (keys: unknown): Document => ({ ...FULL, callers: [{ ...KEYLESS, keys }] });

const DOCUMENTS: readonly (readonly [what: string, isValid: boolean, document: unknown])[] = [
  ['all top-level keys', true, FULL],
  ['passthrough alone', true, { passthrough: true }],
  ['issuers in place of callers', true, { tenants: [TENANT], issuers: [ISSUER] }],
  ['limits', true, withTenant({ limits: { requestsPerMinute: 60 } })],
  ['limits of a caller', true, withCaller({ limits: { requestsPerMinute: 1_000_000_000 } })],
  ['several keys', true, withKeys([{ hash: HASH, expires: '2027-01-01' }, { hash: HASH.replace(/a$/, 'b') }])],
  ['an instant', true, withKeys([{ hash: HASH, expires: '2027-01-01T00:00:00Z' }])],
  ['every tenant', true, withCaller({ tenants: '*' })],
  ['every scope', true, withCaller({ scopes: [...SCOPES] })],
  ['claims of other names', true, withIssuer({ tenantClaim: 'org', scopeClaim: 'scp', scopes: ['audit:read'] })],
  ['nothing', false, {}],
  ['a list', false, []],
  ['no tenants', false, { callers: [CALLER] }],
  ['no callers', false, { tenants: [TENANT] }],
  ['empty tenants', false, { ...FULL, tenants: [] }],
  ['an unknown key', false, { ...FULL, tennants: [] }],
  ['a tenant id in capitals', false, withTenant({ id: 'Acme' })],
  ['a secret in the file', false, withTenant({ hubster: { clientId: 'c', clientSecret: 'hunter2' } })],
  [
    'a secret from two sources',
    false,
    withTenant({ hubster: { clientId: 'c', clientSecret: { env: 'A', file: 'b' } } }),
  ],
  ['no credentials', false, { ...FULL, tenants: [{ id: 'acme' }] }],
  ['no hub', false, withTenant({ hubs: [] })],
  ['a hub that is not a GUID', false, withTenant({ hubs: ['hub'] })],
  ['a limit of nothing', false, withTenant({ limits: { requestsPerMinute: 0 } })],
  ['a limit beyond the largest', false, withTenant({ limits: { requestsPerMinute: 1_000_000_001 } })],
  ['a limit in text', false, withTenant({ limits: { requestsPerMinute: '60' } })],
  ['limits without one', false, withTenant({ limits: {} })],
  ['a caller id with #', false, withCaller({ id: 'issuer#sub' })],
  ['a key in place of its hash', false, withCaller({ keyHash: 'sd_key' })],
  ['key and keys', false, withCaller({ keys: [{ hash: HASH }] })],
  ['neither', false, { ...FULL, callers: [KEYLESS] }],
  ['no keys', false, withKeys([])],
  ['an expiry without zone', false, withKeys([{ hash: HASH, expires: '2027-01-01T00:00:00' }])],
  ['an unknown scope', false, withCaller({ scopes: ['integrations:admin'] })],
  ['no scope', false, withCaller({ scopes: [] })],
  ['no tenant', false, withCaller({ tenants: [] })],
  ['a tenant twice', false, withCaller({ tenants: ['acme', 'acme'] })],
  ['an issuer without audience', false, { ...FULL, issuers: [{ ...ISSUER, audience: undefined }] }],
  ['an issuer with user-info', false, withIssuer({ issuer: 'https://a@login.example.com/' })],
  ['passthrough in text', false, { ...FULL, passthrough: 'true' }],
];

describe('src/config/tenants-file.schema.json', () => {
  /** Without the keywords and formats of Stagedoor, as in an editor. */
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);

  it.each(DOCUMENTS)('agrees with the parser: %s', (_what, isValid, document) => {
    const text = stringify(document);
    expect(parses(text)).toBe(isValid);
    expect(validate(parse(text))).toBe(isValid);
  });

  it('lists every scope', () => {
    expect(schema.definitions.scopes.items.enum).toEqual(SCOPES);
  });
});

function parses(text: string): boolean {
  try {
    parseTenantsFile(text, { env: { SECRET: 'value', A: 'value' }, readFile: () => 'value', scopes: SCOPES });
    return true;
  } catch {
    return false;
  }
}
