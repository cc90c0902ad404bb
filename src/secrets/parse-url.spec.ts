import { parseUrl } from './parse-url';

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
