import fc from 'fast-check';
import { GOOD, HASH, OTHER, SCOPES, violationsOf } from '../../../test/support/config/tenants-files';

describe('parseTenantsFile: violations', () => {
  it.each<[string, [string | RegExp, string], string]>([
    [
      'an unknown key',
      ['limits:', 'limit:'],
      'tenants[0] (line 8): expected only the keys id, hubster, hubs, limits, not limit',
    ],
    [
      'an unknown key at the top',
      ['callers:', 'caller: []\ncallers:'],
      'line 11: expected only the keys tenants, callers, issuers, passthrough, not caller',
    ],
    [
      'a bad tenant id',
      ['id: globex', 'id: Globex'],
      'tenants[1].id (line 9): expected an id of 1 to 63 characters of a-z, 0-9 and -',
    ],
    ['a tenant id twice', ['id: globex', 'id: acme'], 'tenants[1].id (line 9): expected a unique tenant id'],
    ['a hub that is not a GUID', ['01751fd66a31', '01751fd66a3'], 'tenants[0].hubs[0] (line 7): expected a GUID'],
    [
      'a hub in braces',
      ['3BC1E69F-c520-446f-ab2c-01751fd66a31', '{3bc1e69f-c520-446f-ab2c-01751fd66a31}'],
      'tenants[0].hubs[0] (line 7): expected a GUID',
    ],
    [
      'an empty list of hubs',
      [/hubs: .*/, 'hubs: []'],
      'tenants[0].hubs (line 7): expected a list of one or more hub ids',
    ],
    [
      'hubs that were commented out',
      [/hubs: .*/, 'hubs:'],
      'tenants[0].hubs (line 7): expected a list of one or more hub ids',
    ],
    [
      'limits that were commented out',
      [/limits: .*/, 'limits:'],
      'tenants[0].limits (line 8): expected a mapping of requestsPerMinute',
    ],
    [
      'a limit of 0',
      ['6000', '0'],
      'tenants[0].limits.requestsPerMinute (line 8): expected a whole number from 1 to 1000000000',
    ],
    [
      'a secret in the file itself',
      ['{ env: ACME_SECRET }', 'hunter2'],
      'tenants[0].hubster.clientSecret (line 6): expected a mapping of env, file',
    ],
    [
      'a secret in braces',
      ['{ env: ACME_SECRET }', '{ env: ACME_SECRET, hunter2 }'],
      'tenants[0].hubster.clientSecret (line 6): expected only the keys env, file',
    ],
    [
      'a variable that is not set',
      ['ACME_SECRET', 'NO_SECRET'],
      'tenants[0].hubster.clientSecret.env (line 6): expected the name of a variable that is set',
    ],
    [
      'a variable that is empty',
      ['ACME_SECRET', 'EMPTY'],
      'tenants[0].hubster.clientSecret.env (line 6): expected the name of a variable that is set',
    ],
    [
      'a member of every object',
      ['ACME_SECRET', 'constructor'],
      'tenants[0].hubster.clientSecret.env (line 6): expected the name of a variable that is set',
    ],
    [
      'a missing file',
      ['secrets/globex', 'secrets/none'],
      'tenants[1].hubster.clientSecret.file (line 10): expected the path of a file with the secret: readable, UTF-8, of at most 64 KiB',
    ],
    [
      'both sources',
      ['env: ACME_SECRET', 'env: ACME_SECRET, file: /run/secrets/globex'],
      'tenants[0].hubster.clientSecret (line 6): expected either env or file',
    ],
    [
      'no source',
      ['{ env: ACME_SECRET }', '{}'],
      'tenants[0].hubster.clientSecret (line 6): expected either env or file',
    ],
    [
      'no credentials',
      [/hubster: \{.*/, ''],
      'tenants[1].hubster (line 9): expected a mapping of clientId, clientSecret, portalUrl, identityUrl',
    ],
    [
      'a short hash',
      [HASH.toUpperCase(), 'abc'],
      'callers[0].keyHash (line 13): expected sha256: and 64 hexadecimal digits, as `stagedoor key` prints them',
    ],
    [
      'a key where its hash belongs',
      [`sha256:${HASH.toUpperCase()}`, 'sd_key'],
      'callers[0].keyHash (line 13): expected sha256: and 64 hexadecimal digits, as `stagedoor key` prints them',
    ],
    [
      'a key of two callers',
      [OTHER, HASH],
      'callers[1].keys[0].hash (line 17): expected a unique key, as a key identifies its caller',
    ],
    ['a caller id twice', ['id: gateway', 'id: billing'], 'callers[1].id (line 16): expected a unique caller id'],
    [
      'a caller id with #',
      ['id: gateway', 'id: "gate#way"'],
      'callers[1].id (line 16): expected an id of 1 to 63 letters, digits, dots, dashes and underscores',
    ],
    [
      'both keyHash and keys',
      ['id: gateway', `id: gateway\n    keyHash: sha256:${'d4'.repeat(32)}`],
      'callers[1] (line 16): expected either keyHash or keys',
    ],
    ['neither keyHash nor keys', [/keyHash: .*/, ''], 'callers[0] (line 12): expected either keyHash or keys'],
    [
      'a caller of an unknown tenant',
      ['tenants: [acme]', 'tenants: [acme, umbrella]'],
      'callers[0].tenants[1] (line 14): expected the id of a tenant of this file',
    ],
    [
      'a caller of no tenant',
      ['tenants: [acme]', 'tenants: []'],
      'callers[0].tenants (line 14): expected a list of one or more tenant ids, or "*"',
    ],
    [
      'an unknown scope',
      ['scopes: [integrations:read]', 'scopes: [admin]'],
      `callers[1].scopes[0] (line 19): expected one of ${SCOPES.join(', ')}`,
    ],
    [
      'no scope',
      ['scopes: [integrations:read]', 'scopes: []'],
      'callers[1].scopes (line 19): expected a list of one or more scopes',
    ],
    [
      'a number where text belongs',
      ['clientId: client-acme', 'clientId: 123'],
      'tenants[0].hubster.clientId (line 5): expected a client id',
    ],
    ['passthrough that is text', [/$/, 'passthrough: "true"'], 'passthrough (line 20): expected true or false'],
    ['a key twice', ['limits:', 'limits: { requestsPerMinute: 1 }\n    limits:'], 'line 9: expected each key once'],
    ['a second document', [/$/, '---\ntenants: []'], 'line 20: expected no second document'],
    ['invalid YAML', ['hubs: [', 'hubs: [['], 'line 8: expected valid YAML'],
    ['a tab in the indentation', ['    limits:', '\tlimits:'], 'line 8: expected valid YAML'],
  ])('rejects %s', (_what, [from, to], violation) => {
    expect(violationsOf(GOOD.replace(from, to))).toEqual([violation]);
  });

  it('reports every violation at once', () => {
    expect(
      violationsOf(
        GOOD.replace('id: acme', 'id: ""')
          .replace('id: globex', 'id: ""')
          .replace('01751fd66a31', '')
          .replace('[integrations:read]', '[x]'),
      ),
    ).toEqual([
      'tenants[0].id (line 3): expected an id of 1 to 63 characters of a-z, 0-9 and -',
      'tenants[0].hubs[0] (line 7): expected a GUID',
      'tenants[1].id (line 9): expected an id of 1 to 63 characters of a-z, 0-9 and -',
      'callers[0].tenants[0] (line 14): expected the id of a tenant of this file',
      `callers[1].scopes[0] (line 19): expected one of ${SCOPES.join(', ')}`,
    ]);
  });

  it.each(['', '[]', 'tenants', '{', '\t', '%', '- - - a: &b *b'])('rejects %j with violations', (text) => {
    expect(violationsOf(text)).not.toEqual([]);
  });

  it('never shows a value of the file, at any place [N1]', () => {
    const words = GOOD.split(/(?<=\s)/);
    const canary = fc.stringMatching(/^[A-Za-z0-9_!#*&{}[\]:'"-]{4,20}$/).map((text) => `q${text}7`);
    fc.assert(
      fc.property(fc.nat(words.length - 1), canary, (index, found) => {
        const text = words.with(index, `${found} `).join('');
        for (const violation of violationsOf(text)) {
          // An unknown key that is a plain word is named, so that a typo can be found; not under clientSecret.
          if (!/^[A-Za-z]\w*$/.test(found.replace(/:.*$/, ''))) expect(violation).not.toContain(found);
        }
      }),
    );
  });
});
