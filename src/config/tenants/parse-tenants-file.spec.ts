import { GOOD, HASH, OTHER, parse, SCOPES, violationsOf } from '../../../test/support/config/tenants-files';

describe('parseTenantsFile', () => {
  it('reads tenants, their secrets from the environment and from files [S-016, S-759]', () => {
    const [acme, globex] = parse(GOOD).tenants;
    expect(acme?.hubster.clientSecret.reveal()).toBe('acme-secret');
    expect(acme?.hubs).toEqual(new Set(['3bc1e69f-c520-446f-ab2c-01751fd66a31']));
    expect(acme?.limits).toEqual({ requestsPerMinute: 6000 });
    expect(globex?.hubster.clientSecret.reveal()).toBe('globex-secret');
    expect(globex).not.toHaveProperty('hubs');
  });

  it('reads callers with one key and with several', () => {
    expect(parse(GOOD).callers).toEqual([
      { id: 'billing', keys: [{ hash: HASH }], tenants: new Set(['acme']), scopes: new Set(SCOPES.slice(0, 2)) },
      {
        id: 'gateway',
        keys: [{ hash: OTHER, expiresAt: Date.UTC(2027, 0, 1) }, { hash: 'c3'.repeat(32) }],
        tenants: '*',
        scopes: new Set(['integrations:read']),
      },
    ]);
  });

  it('has no issuers and no passthrough by default', () => {
    expect(parse(GOOD)).toMatchObject({ issuers: [], passthrough: false });
    expect(parse(`${GOOD}passthrough: true`).passthrough).toBe(true);
  });

  it('requires tenants and callers, unless passthrough is on', () => {
    expect(violationsOf('passthrough: true')).toEqual([]);
    expect(violationsOf('passthrough: false')).toEqual([
      'callers (line 1): expected a list of one or more callers',
      'tenants (line 1): expected a list of one or more tenants',
    ]);
  });

  it.each([
    ['2027-01-01', Date.UTC(2027, 0, 1)],
    ['2027-01-01T12:00:00Z', Date.UTC(2027, 0, 1, 12)],
    ['2027-01-01T12:00:00.5+02:00', Date.UTC(2027, 0, 1, 10, 0, 0, 500)],
    ['2001-01-01', Date.UTC(2001, 0, 1)],
  ])('reads a key that expires %s', (expires, at) => {
    expect(parse(GOOD.replace('2027-01-01', expires)).callers[1]?.keys[0]?.expiresAt).toBe(at);
  });

  it.each(['2027-02-30', '2027-1-1', '2027', 'tomorrow', '2027-01-01T12:00:00', '2027-01-01T25:00:00Z', ''])(
    'rejects a key that expires %j',
    (expires) => {
      expect(violationsOf(GOOD.replace('2027-01-01', expires))).toEqual([
        'callers[1].keys[0].expires (line 17): expected a date such as 2027-01-01 (UTC), or an RFC 3339 instant',
      ]);
    },
  );
});
