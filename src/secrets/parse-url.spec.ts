import { parseUrl } from './parse-url';

describe('parseUrl', () => {
  it('takes a host in another script, however often it is asked', () => {
    for (let count = 0; count < 20_000; count += 1) {
      if (!parseUrl('https://münchen.example/hook')) throw new Error(`refused after ${count}`);
    }
    expect(parseUrl('https://münchen.example/hook')?.hostname).toBe('xn--mnchen-3ya.example');
  });

  it.each(['', 'hook', 'https://', 'https://h:port/', '//h/x'])('takes %j for none', (text) => {
    expect(parseUrl(text)).toBeUndefined();
  });
});
