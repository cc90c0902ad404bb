import { KnownSecrets } from './known-secrets';
import { Secret } from './secret';

const LIMITS = { configured: 3, token: 3, presented: 3, integration: 3 };

function knowing(...values: readonly string[]): KnownSecrets {
  const secrets = new KnownSecrets({ ...LIMITS, configured: 1000 });
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
    expect(knowing(secret).scrub(text)).toBe(clean);
  });

  it('of two that begin alike it masks the longer one, in whatever order they came', () => {
    for (const values of [
      ['prefix-12', 'prefix-12-and-more'],
      ['prefix-12-and-more', 'prefix-12'],
    ]) {
      expect(knowing(...values).scrub('prefix-12-and-more, prefix-12')).toBe('********, ********');
    }
  });

  it('leaves no part of secrets that overlap', () => {
    expect(knowing('abcdefghij', 'cdefghijklmnop', 'ghijklmn').scrub('>abcdefghijklmnop<')).toBe('>********<');
  });

  it('does not look for what stands in ordinary words', () => {
    expect(knowing('short').scrub('a short text')).toBe('a short text');
  });

  it('leaves words of the log readable whatever secrets tenants choose, and masks them as credentials all the same', () => {
    const secrets = new KnownSecrets(LIMITS);
    secrets.leaveReadable(['/api/v1/integrations', 'integration-team']);
    for (const chosen of ['integrations', '/api/v1/', 'integration-team', 'integration-teams']) {
      secrets.remember('integration', Secret.of(chosen));
    }
    const line = 'GET /api/v1/integrations by integration-team, not integration-teams';
    expect(secrets.scrub(line)).toBe('GET /api/v1/integrations by integration-team, not ********');
    secrets.remember('configured', Secret.of('integrations'));
    expect(secrets.scrub('/api/v1/integrations')).toBe('/api/v1/********');
  });

  it('is bounded: the oldest are forgotten, those that come again are not, and no kind pushes out another', () => {
    const secrets = new KnownSecrets(LIMITS);
    secrets.remember('configured', Secret.of('configured-1'));
    for (const name of ['one', 'two', 'three', 'one', 'four', 'five']) {
      secrets.remember('presented', Secret.of(`presented-${name}`));
    }
    const scrubbed = ['configured-1', 'presented-one', 'presented-two', 'presented-three', 'presented-five'].map(
      (text) => secrets.scrub(text),
    );

    expect(scrubbed).toEqual(['********', '********', 'presented-two', 'presented-three', '********']);
  });

  it('a value of two kinds is known until both have forgotten it', () => {
    const secrets = new KnownSecrets(LIMITS);
    secrets.remember('token', Secret.of('the-same-value'));
    secrets.remember('presented', Secret.of('the-same-value'));
    for (const name of ['a', 'b', 'c']) secrets.remember('presented', Secret.of(`pushes out ${name}`));
    expect(secrets.scrub('the-same-value')).toBe('********');
    for (const name of ['a', 'b', 'c']) secrets.remember('token', Secret.of(`pushes out too ${name}`));
    expect(secrets.scrub('the-same-value')).toBe('the-same-value');
  });
});
