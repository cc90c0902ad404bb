import { checkSchema, SchemaContext } from './tenants-schema';

describe('checkSchema', () => {
  it('takes time linear in the number of entries that break a rule', () => {
    // With a copy of all errors for each entry, this would take longer than a test may.
    const tenants = Array.from({ length: 100_000 }, () => ({}));
    const checked = checkSchema({ tenants, passthrough: true }, new SchemaContext(() => undefined, new Set()));
    expect(checked).toHaveProperty(['violations', 0], {
      path: ['tenants', '0', 'id'],
      expected: 'an id of 1 to 63 characters of a-z, 0-9 and -',
    });
  });
});
