import fc from 'fast-check';
import { KnownSecrets, sizeOf } from './known-secrets';
import { LogWords } from './log-words';
import { Secret } from './secret';
import { keptSecret } from './secret-index';

const THREE = 3 * sizeOf(keptSecret('presented-three'));
const LIMITS = { configured: THREE, token: THREE, presented: THREE, integration: THREE };
const MIB = 1024 * 1024;

function knowing(...values: readonly string[]): KnownSecrets {
  const secrets = new KnownSecrets({ ...LIMITS, configured: MIB });
  for (const value of values) secrets.remember('configured', Secret.of(value));
  return secrets;
}

describe('KnownSecrets', () => {
  it.each([
    ['secret-one', 'a secret-one b', 'a ******** b'],
    ['secret-one', 'secret-onesecret-one', '****************'],
    ['secret-one', 'secret-on secret-one', 'secret-on ********'],
    ['line\nbreak"quote', '<line\nbreak"quote>', '<********>'],
    ['exactly8', 'exactly8', '********'],
    ['ééééééé😀', 'xéééééé😀ééééééé😀x', 'xéééééé😀********x'],
  ])('masks every occurrence of %j', (secret, text, clean) => {
    expect(knowing(secret).redact(text)).toBe(clean);
  });

  it('masks the longer of two secrets with the same beginning, whatever their order', () => {
    for (const values of [
      ['prefix-12', 'prefix-12-and-more'],
      ['prefix-12-and-more', 'prefix-12'],
    ]) {
      expect(knowing(...values).redact('prefix-12-and-more, prefix-12')).toBe('********, ********');
    }
  });

  it('masks overlapping secrets completely', () => {
    expect(knowing('abcdefghij', 'cdefghijklmnop', 'ghijklmn').redact('>abcdefghijklmnop<')).toBe('>********<');
  });

  it('redacts the beginning of a text, and shows no part of a secret that begins there', () => {
    const known = new KnownSecrets();
    const secret = `secret-${'s'.repeat(10_000)}`;
    known.remember('integration', Secret.of(secret), 'acme');
    expect(known.redact(`ab ${secret} cd`, 20)).toBe('ab ********');
    expect(known.redact(`ab ${secret} cd`, 2)).toBe('ab');
    expect(known.redact(`${'x'.repeat(30)}${secret}`, 20)).toBe('x'.repeat(20));
  });

  describe('for a tenant', () => {
    const secrets = new KnownSecrets();
    secrets.remember('integration', Secret.of('secret-of-acme'), 'acme');
    secrets.remember('integration', Secret.of('secret-of-globex'), 'globex');
    secrets.remember('presented', Secret.of('key-of-a-caller'));
    const text = 'secret-of-acme, secret-of-globex, key-of-a-caller';

    it('masks its own secrets and credentials, but no secret of another tenant [N2]', () => {
      expect(secrets.redactFor('acme', text)).toBe('********, secret-of-globex, ********');
      expect(secrets.redactFor('globex', text)).toBe('secret-of-acme, ********, ********');
      expect(secrets.redactFor('initech', text)).toBe('secret-of-acme, secret-of-globex, ********');
      expect(secrets.redactCredentials(text)).toBe('secret-of-acme, secret-of-globex, ********');
      expect(secrets.redact(text)).toBe('********, ********, ********');
    });

    it('masks a value of two tenants for both, until it is evicted for each', () => {
      const few = new KnownSecrets({ ...LIMITS, integration: THREE });
      few.remember('integration', Secret.of('shared-value-1'), 'globex');
      few.remember('integration', Secret.of('shared-value-1'), 'acme');
      for (const n of [2, 3, 4]) few.remember('integration', Secret.of(`others-value-${n}`), 'globex');
      expect(few.redactFor('globex', 'shared-value-1')).toBe('shared-value-1');
      expect(few.redactFor('acme', 'shared-value-1')).toBe('********');
    });

    it('masks its own secret and an overlapping credential completely', () => {
      const both = new KnownSecrets();
      both.remember('integration', Secret.of('abcdefghijkl'), 'acme');
      both.remember('configured', Secret.of('ghijklmnopqr'));
      expect(both.redactFor('acme', '<abcdefghijklmnopqr>')).toBe('<********>');
    });

    it('does not spend its budget on values of another tenant, whatever the number of their lengths', () => {
      const many = new KnownSecrets({ ...LIMITS, integration: 64 * MIB });
      for (let length = 8; length < 4000; length += 1)
        many.remember('integration', Secret.of('a'.repeat(length - 1).concat('b')), 'globex');
      many.remember('integration', Secret.of(`${'a'.repeat(10)}c`), 'acme');
      const names = 'a'.repeat(100_000);
      expect(many.redactFor('acme', names)).toBe(names);
    });
  });

  it('does not mask values of fewer than eight characters', () => {
    expect(knowing('short').redact('a short text')).toBe('a short text');
  });

  it('keeps words of the log readable whatever secrets tenants choose, but masks them as credentials', () => {
    const secrets = new KnownSecrets(LIMITS);
    secrets.allow(['/api/v1/integrations', 'integration-team']);
    for (const chosen of ['integrations', '/api/v1/', 'integration-team', 'integration-teams']) {
      secrets.remember('integration', Secret.of(chosen));
    }
    const line = 'GET /api/v1/integrations by integration-team, not integration-teams';
    expect(secrets.redact(line)).toBe('GET /api/v1/integrations by integration-team, not ********');
    secrets.remember('configured', Secret.of('integrations'));
    expect(secrets.redact('/api/v1/integrations')).toBe('/api/v1/********');
  });

  it('keeps only the ids of the newest tenants file readable', () => {
    const secrets = new KnownSecrets(LIMITS);
    const replaceIds = (...ids: readonly string[]) => {
      const words = new LogWords(1 << 16);
      for (const id of ids) words.add(id);
      secrets.replaceAllowedIds(words, 1);
    };
    replaceIds('a-removed-tenant', 'a-tenant-that-stays');
    replaceIds('a-tenant-that-stays');
    for (const chosen of ['a-removed-tenant', 'tenant-that-stays']) secrets.remember('integration', Secret.of(chosen));
    expect(secrets.redact('a-removed-tenant, a-tenant-that-stays')).toBe('********, a-tenant-that-stays');
  });

  it('evicts the least recently used secrets of a kind, and none of another kind', () => {
    const secrets = new KnownSecrets(LIMITS);
    secrets.remember('configured', Secret.of('configured-1'));
    for (const name of ['one', 'two', 'three', 'one', 'four', 'five']) {
      secrets.remember('presented', Secret.of(`presented-${name}`));
    }
    const redacted = ['configured-1', 'presented-one', 'presented-two', 'presented-three', 'presented-five'].map(
      (text) => secrets.redact(text),
    );

    expect(redacted).toEqual(['********', '********', 'presented-two', 'presented-three', '********']);
  });

  it('masks a value of two kinds until it is evicted from both', () => {
    const secrets = new KnownSecrets(LIMITS);
    secrets.remember('token', Secret.of('the-same-value'));
    secrets.remember('presented', Secret.of('the-same-value'));
    for (const name of ['a', 'b', 'c']) secrets.remember('presented', Secret.of(`evicts-it-${name}`));
    expect(secrets.redact('the-same-value')).toBe('********');
    for (const name of ['a', 'b', 'c']) secrets.remember('token', Secret.of(`evicts-it-too-${name}`));
    expect(secrets.redact('the-same-value')).toBe('the-same-value');
  });

  it('masks a long secret, which is stored as a digest', () => {
    const long = `-----BEGIN KEY-----${'MII'.repeat(2000)}`;
    const secrets = knowing(long);
    expect(secrets.redact(`<${long}>`)).toBe('<********>');
    expect(secrets.redact(`<${long.slice(0, -1)}>`)).toBe(`<${long.slice(0, -1)}>`);
  });

  it('evicts as many secrets as a new one needs bytes', () => {
    const secrets = new KnownSecrets({ ...LIMITS, integration: 10_000 });
    secrets.remember('integration', Secret.of('first-secret'));
    for (let count = 0; count < 20; count += 1)
      secrets.remember('integration', Secret.of(`${count}-x`.padEnd(1000, 'y')));
    expect(secrets.redact('first-secret')).toBe('first-secret');
    expect(secrets.redact('19-x'.padEnd(1000, 'y'))).toBe('********');
    expect(secrets.redact('15-x'.padEnd(1000, 'y'))).toBe('15-x'.padEnd(1000, 'y'));
  });

  it('evicts secrets of the tenant with the most bytes, not those of others', () => {
    const secrets = new KnownSecrets({ ...LIMITS, integration: 10_000 });
    secrets.remember('integration', Secret.of('of-the-quiet-one'), 'quiet');
    for (let count = 0; count < 1000; count += 1) secrets.remember('integration', Secret.of(`flood-${count}-`), 'loud');
    expect(secrets.redact('of-the-quiet-one, flood-0-, flood-999-')).toBe('********, flood-0-, ********');
  });

  it('recognises whole credentials of callers and of the process, but no secret of a tenant', () => {
    const secrets = new KnownSecrets(LIMITS);
    secrets.remember('presented', Secret.of('presented-key'));
    secrets.remember('integration', Secret.of('chosen-by-a-tenant'), 'acme');
    const isCredential = ['presented-key', 'a presented-key', 'chosen-by-a-tenant'].map((text) =>
      secrets.isCredential(text),
    );
    expect(isCredential).toEqual([true, false, false]);
  });

  it('finds the same occurrences as a search for each secret, whatever the secrets have in common', () => {
    const letter = fc.constantFrom('a', 'b');
    const value = fc.string({ unit: letter, minLength: 8, maxLength: 20 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 12 }),
        fc.array(fc.oneof(text, value), { maxLength: 6 }),
        (values, parts) => {
          const joined = parts.join('');
          expect(knowing(...values).redact(joined)).toBe(maskedOneByOne(values, joined));
        },
      ),
    );
  });

  // Quadratic time would exceed the time limit of a test.
  it('takes linear time for secrets of many lengths of which all but the last character is in the text', () => {
    const secrets = new KnownSecrets({ ...LIMITS, configured: 64 * MIB });
    for (let length = 8; length < 4000; length += 1) {
      secrets.remember('configured', Secret.of('a'.repeat(length - 1).concat('b')));
    }
    expect(secrets.redact('a'.repeat(MIB / 2))).toContain('a');
  });

  it('stores and finds tens of thousands of secrets with the same beginning in linear time', () => {
    const secrets = new KnownSecrets({ ...LIMITS, integration: 64 * MIB });
    const values = Array.from({ length: 40_000 }, (_, index) => `page-tokens-of-one-app-${index}-${'x'.repeat(100)}`);
    for (const value of values) secrets.remember('integration', Secret.of(value), 'acme');
    expect(secrets.redact(values.join(' '))).toBe(values.map(() => '********').join(' '));
  });
});

/** The text with a mask for each run of overlapping occurrences, found by a search for each value at each position. */
function maskedOneByOne(values: readonly string[], text: string): string {
  let clean = '';
  let end = 0;
  for (let at = 0; at < text.length; at += 1) {
    const lengths = values.filter((value) => text.startsWith(value, at)).map(({ length }) => length);
    if (lengths.length > 0 && at >= end) clean += '********';
    end = Math.max(end, at + Math.max(0, ...lengths));
    if (at >= end) clean += text.charAt(at);
  }
  return clean;
}
