import { ConfigError } from '../config';
import { parseTenantsFile } from './parse-tenants-file';

const SCOPES = ['integrations:read', 'integrations:write'] as const;

const GOOD = `
tenants:
  - { id: acme, hubster: { clientId: client, clientSecret: { env: ACME } } }
issuers:
  - issuer: https://login.example.com/
    audience: stagedoor
    jwksUri: https://login.example.com/keys?v=1
    tenants: [acme]
`;

const URL_VIOLATION = 'expected an https URL without user-info and fragment (http for loopback)';

describe('parseTenantsFile: issuers [S-757]', () => {
  it('reads issuers, with default claims and scopes, and then requires no callers', () => {
    expect(parse(GOOD).issuers).toEqual([
      {
        issuer: 'https://login.example.com/',
        audience: 'stagedoor',
        jwksUri: new URL('https://login.example.com/keys?v=1'),
        tenantClaim: 'tenant',
        scopeClaim: 'scope',
        tenants: new Set(['acme']),
        scopes: new Set(SCOPES),
      },
    ]);
  });

  it('reads the claims and scopes of an issuer', () => {
    const own = 'tenants: "*"\n    tenantClaim: org\n    scopeClaim: scp\n    scopes: [integrations:read]';
    expect(parse(GOOD.replace('tenants: [acme]', own)).issuers).toMatchObject([
      { tenantClaim: 'org', scopeClaim: 'scp', tenants: '*', scopes: new Set(['integrations:read']) },
    ]);
  });

  it('keeps the exact text of the issuer', () => {
    expect(parse(GOOD.replace('.com/\n', '.com\n')).issuers[0]?.issuer).toBe('https://login.example.com');
  });

  it('accepts plain http on loopback', () => {
    expect(violationsOf(GOOD.replace('https://login.example.com/keys', 'http://127.0.0.1:8080/keys'))).toEqual([]);
  });

  it.each([
    ['over plain http', 'issuer: https:', 'issuer: http:', `issuers[0].issuer (line 5): ${URL_VIOLATION}`],
    ['with keys over plain http', 'jwksUri: https:', 'jwksUri: http:', `issuers[0].jwksUri (line 7): ${URL_VIOLATION}`],
    ['with user-info', 'https://login', 'https://u:p@login', `issuers[0].issuer (line 5): ${URL_VIOLATION}`],
    ['without an audience', 'audience: stagedoor', '', 'issuers[0].audience (line 5): expected an audience'],
    [
      'that may assert an unknown tenant',
      '[acme]',
      '[umbrella]',
      'issuers[0].tenants[0] (line 8): expected the id of a tenant of this file',
    ],
    [
      'whose scopes were commented out',
      '[acme]',
      '[acme]\n    scopes:',
      'issuers[0].scopes (line 9): expected a list of one or more scopes',
    ],
  ])('rejects an issuer %s', (_what, from, to, violation) => {
    expect(violationsOf(GOOD.replace(from, to))).toEqual([violation]);
  });

  it('rejects a repeated issuer', () => {
    const [, issuer = ''] = GOOD.split('issuers:\n');
    expect(violationsOf(GOOD + issuer)).toEqual(['issuers[1].issuer (line 9): expected a unique issuer']);
  });
});

function parse(text: string) {
  return parseTenantsFile(text, { env: { ACME: 'secret' }, readFile: () => '', scopes: SCOPES });
}

function violationsOf(text: string): string[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
}
