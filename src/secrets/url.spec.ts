import fc from 'fast-check';
import { MASK } from './secret';
import { maskUrl, parseUrl } from './url';

describe('parseUrl', () => {
  it('reads a host in another script, after any number of calls', () => {
    for (let count = 0; count < 20_000; count += 1) {
      if (!parseUrl('https://münchen.example/hook')) throw new Error(`undefined after ${count} calls`);
    }
    expect(parseUrl('https://münchen.example/hook')?.hostname).toBe('xn--mnchen-3ya.example');
  });

  it.each(['', 'hook', 'https://', 'https://h:port/', '//h/x'])('returns undefined for %j', (text) => {
    expect(parseUrl(text)).toBeUndefined();
  });
});

const M = MASK;
const GUID = '3bc1e69f-c520-446f-ab2c-01751fd66a31';

describe('maskUrl [S-240]', () => {
  it.each([
    'http://localhost:5100/v1/api/integration?customer=1',
    'https://url_end_point.com',
    'https://h.io/hooks/customer-notification-service/incoming',
    'https://h.io/Hooks/V2/in%20coming?customer=1&region=eu-west#/route/of/the/application',
    'https://münchen.example/benachrichtigung-für-kunden',
    'https://h.io/auth/callback',
    'https://[::1]:8080/hook?',
  ])('keeps %s unchanged', (url) => {
    expect(maskUrl(url)).toBe(url);
  });

  it.each([
    ['https://u:p@h.io/x', `https://${M}@h.io/x`],
    ['https://u:p@ss@h.io/x', `https://${M}@h.io/x`],
    ['https://u:p\t@h.io/x', `https://${M}@h.io/x`],
    ['ht\ntps://u:p@h.io/x', `https://${M}@h.io/x`],
    [' \u0000https://u:p@h.io/x ', `https://${M}@h.io/x`],
    ['https:u:p@h.io', `https:${M}@h.io`],
    ['https:\\\\u:p@h.io', `https:\\\\${M}@h.io`],
    ['https:///u:p@h.io', `https:///${M}@h.io`],
    ['https://u:p@h.io\\@x', `https://${M}@h.io\\@x`],
  ])('masks user-info as the URL parser reads it: %j', (url, shown) => {
    expect(maskUrl(url)).toBe(shown);
  });

  it.each([
    ['https://h.io/?a=1&access_token=abc&b=2', `https://h.io/?a=1&access_token=${M}&b=2`],
    ['https://h.io/?%74oken=abc', `https://h.io/?%74oken=${M}`],
    ['https://h.io/?Code=abc;sig=x', `https://h.io/?Code=${M};sig=${M}`],
    ['https://h.io/?a[token]=x', `https://h.io/?a[token]=${M}`],
    ['https://h.io/?x=token=abc', `https://h.io/?x=${M}`],
    ['https://h.io/?jwt=x&hmac=x&ticket=x&pin=1234', `https://h.io/?jwt=${M}&hmac=${M}&ticket=${M}&pin=${M}`],
    ['https://h.io/?%E0%A4%A=1&pwd=2', `https://h.io/?%E0%A4%A=1&pwd=${M}`],
    ['https://h.io/#access_token=abc', `https://h.io/#access_token=${M}`],
    ['https://h.io/a;token=abc/b', `https://h.io/a;token=${M}/b`],
    ['https://h.io/token/a1/b', `https://h.io/token/${M}/b`],
    ['https://h.io/token//a1/b', `https://h.io/token//${M}/b`],
  ])('masks a value under a secret-looking name: %s', (url, shown) => {
    expect(maskUrl(url)).toBe(shown);
  });

  it.each([
    ['a GUID', `https://h.io/${GUID}/in`, `https://h.io/${M}/in`],
    ['digits among letters', 'https://h.io/hooks/abcdefghij012345', `https://h.io/hooks/${M}`],
    ['both cases', 'https://h.io/hooks/abcdefghijKLMNOP', `https://h.io/hooks/${M}`],
    ['unpronounceable letters', 'https://h.io/qzxvwkrtplmnbdfg', `https://h.io/${M}`],
    ['groups of such letters', 'https://h.io/?p=qzxv-wkrt-plmn-bdfg', `https://h.io/?p=${M}`],
    ['escapes', 'https://h.io/%61bcdefghij012345', `https://h.io/${M}`],
    ['a value', 'https://h.io/?t=ab/cd+ef0123456789==', `https://h.io/?t=${M}`],
    ['a name', 'https://h.io/?abcdefghij012345=', `https://h.io/?${M}=`],
    ['a fragment', 'https://h.io/#abcdefghij012345', `https://h.io/#${M}`],
    ['a segment that the parser drops', 'https://h.io/abcdefghij012345/..', `https://h.io/${M}/..`],
    ['a segment after a backslash', 'https://h.io/\\abcdefghij012345', `https://h.io/\\${M}`],
    ['a segment with a line end', 'https://h.io/abcdefgh\nij012345', `https://h.io/${M}`],
    ['a bare query', 'https://h.io/?a1b2', `https://h.io/?${M}`],
    ['a bare part of a query', 'https://h.io/?a=1&a1b2', `https://h.io/?a=1&${M}`],
  ])('masks a possible token: %s', (_what, url, shown) => {
    expect(maskUrl(url)).toBe(shown);
  });

  it.each([
    ['https://hooks.slack.com/services/T0/B0/x', `https://hooks.slack.com/${M}`],
    ['https://discord.com/api/webhooks/1/x', `https://discord.com/${M}`],
    ['https://ptb.discord.com/api/webhooks/1/x', `https://ptb.discord.com/${M}`],
    ['https://api.telegram.org/bot1:x/send?chat_id=1#x', `https://api.telegram.org/${M}`],
    ['https://HOOKS.slack.com./x', `https://HOOKS.slack.com./${M}`],
    ['https://u@hooks.slack.com?x=1', `https://${M}@hooks.slack.com/${M}`],
    ['https://hooks.slack.com/', 'https://hooks.slack.com/'],
    ['https://nothooks.slack.com.example/in', 'https://nothooks.slack.com.example/in'],
  ])('masks everything after the host of a known provider: %s', (url, shown) => {
    expect(maskUrl(url)).toBe(shown);
  });

  it.each(['not a url ?key=1', 'ftp://u:p@h.io', 'u:p@h.io/x', '', 'https://', `https://h.io/${'a/'.repeat(5000)}`])(
    'masks a text whole if it is not an http URL or too long: %.20s',
    (url) => {
      expect(maskUrl(url)).toBe(M);
    },
  );

  it('shows the host, but no secret in any part of the URL, and does not change a masked URL', () => {
    const secret = 'sEcret-0123456789';
    const part = fc.constantFrom('/', '?', '#', ';', '&', '=', '\\', '.', '%20', 'a', 'token', '//', '\t', ':');
    const url = fc
      .tuple(fc.array(part, { maxLength: 8 }), fc.array(part, { maxLength: 8 }))
      .map(([before, after]) => `https://h.io/${before.join('')}/${secret}${after.join('')}`);
    fc.assert(
      fc.property(url, (text) => {
        const shown = maskUrl(text);
        expect(shown).not.toContain(secret);
        expect(shown === M || shown.startsWith('https://h.io/')).toBe(true);
        expect(maskUrl(shown)).toBe(shown);
      }),
    );
  });
});
