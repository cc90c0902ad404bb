import { retryAfterMs } from './retry-after';

const DAY = 24 * 60 * 60 * 1000;
/** Our clock runs ten minutes behind Hubster's. */
const NOW = Date.UTC(2026, 10, 6, 8, 39, 37);
const HUBSTER_NOW = 'Fri, 06 Nov 2026 08:49:37 GMT';

describe('retryAfterMs [S-717]', () => {
  it.each([
    ['seconds', ['2'], 2000],
    ['zero seconds', ['0'], 0],
    ['leading zeros and white space', [' 007 '], 7000],
    ['an IMF-fixdate, counted from Hubster’s own Date', ['Fri, 06 Nov 2026 08:49:42 GMT'], 5000],
    ['a date of RFC 850', ['Friday, 06-Nov-26 08:49:42 GMT'], 5000],
    ['a date of asctime', ['Fri Nov  6 08:49:42 2026'], 5000],
    ['a date in the past', ['Fri, 06 Nov 2026 08:49:30 GMT'], 0],
    ['the later of two headers', ['1', '5'], 5000],
    ['the later of two headers, the other way round', ['5', '1'], 5000],
    ['the later of seconds and a date', ['1', HUBSTER_NOW.replace('37', '40')], 3000],
    ['headers joined by a proxy', ['1, 5'], 5000],
    ['the valid one of two headers', ['soon', '3'], 3000],
    ['a time too long for a timer, as 24 h', ['2147484'], DAY],
    ['400 digits, as 24 h', ['9'.repeat(400)], DAY],
    ['a date too late for a timer, as 24 h', ['Fri, 06 Nov 2126 08:49:37 GMT'], DAY],
    ['the longest time of a timer', ['2147483'], 2_147_483_000],
  ])('reads %s', (_what, headers, ms) => {
    expect(retryAfterMs(headers, HUBSTER_NOW, NOW)).toBe(ms);
  });

  it.each([
    ['a missing header', []],
    ['an empty header', ['']],
    ['a negative number', ['-5']],
    ['a decimal', ['1.5']],
    ['an exponent', ['1e3']],
    ['a word', ['soon']],
    ['an ISO date', ['2026-11-06T08:49:42Z']],
    ['a date in another zone', ['Fri, 06 Nov 2026 08:49:42 CET']],
    ['a day that does not exist', ['Mon, 31 Feb 2026 08:49:42 GMT']],
    ['a month that does not exist', ['Fri, 06 Nox 2026 08:49:42 GMT']],
    ['a time that does not exist', ['Fri, 06 Nov 2026 24:49:42 GMT']],
  ])('ignores %s', (_what, headers) => {
    expect(retryAfterMs(headers, HUBSTER_NOW, NOW)).toBeUndefined();
  });

  it.each([
    ['missing', undefined],
    ['invalid', 'yesterday'],
  ])('counts a date from our clock when Date is %s', (_what, date) => {
    expect(retryAfterMs(['Fri, 06 Nov 2026 08:39:40 GMT'], date, NOW)).toBe(3000);
  });

  it('reads a two-digit year over 50 years ahead as one of the past century', () => {
    expect(retryAfterMs(['Sunday, 06-Nov-94 08:49:37 GMT'], HUBSTER_NOW, NOW)).toBe(0);
    expect(retryAfterMs(['Friday, 06-Nov-76 08:49:37 GMT'], HUBSTER_NOW, NOW)).toBe(DAY);
  });
});
