const MAX_TIMER_MS = 2 ** 31 - 1;
const DAY_MS = 24 * 60 * 60 * 1000;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The three forms of RFC 9110, 5.6.7: IMF-fixdate, RFC 850, asctime. */
const DATE_FORMS = [
  /^[A-Z][a-z]{2}, (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^[A-Z][a-z]{5,8}, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/,
];

/**
 * The wait that `Retry-After` requires, in milliseconds (S-717; RFC 9110, 10.2.3). A date counts from the `Date` of the response, so
 * that clocks need not agree. Of several headers the latest wins, so that no call is early. An invalid header is ignored; a wait too long
 * for a timer becomes 24 hours.
 * @param now milliseconds since the epoch, for responses without a `Date`
 */
export function retryAfterMs(headers: readonly string[], date: string | undefined, now: number): number | undefined {
  const base = (date === undefined ? undefined : httpDate(date, now)) ?? now;
  const waits = headers.flatMap(joinedSeconds).flatMap((header) => waitOf(header.trim(), base) ?? []);
  return waits.length > 0 ? Math.max(...waits) : undefined;
}

/** Proxies may join repeated headers with commas; dates contain commas as well. */
function joinedSeconds(header: string): readonly string[] {
  return /^[\d\s,]+$/.test(header) ? header.split(',') : [header];
}

function waitOf(header: string, base: number): number | undefined {
  const target = /^\d+$/.test(header) ? base + Number(header) * 1000 : httpDate(header, base);
  if (target === undefined) return undefined;
  const wait = Math.max(0, target - base);
  return wait > MAX_TIMER_MS ? DAY_MS : wait;
}

/** Milliseconds since the epoch. */
function httpDate(text: string, now: number): number | undefined {
  const groups = DATE_FORMS.map((form) => form.exec(text)?.groups).find((match) => match !== undefined);
  if (!groups) return undefined;
  const month = MONTHS.indexOf(groups['month'] ?? '');
  const [day, hour, minute, second] = [groups['day'], ...(groups['time'] ?? '').split(':')].map(Number);
  const isTime = (hour ?? 24) < 24 && (minute ?? 60) < 60 && (second ?? 61) <= 60;
  const at = Date.UTC(fullYear(groups['year'] ?? '', now), month, day, hour, minute, second);
  const isDay = new Date(Date.UTC(fullYear(groups['year'] ?? '', now), month, day)).getUTCDate() === day;
  return month >= 0 && isTime && isDay ? at : undefined;
}

/** A two-digit year over 50 years ahead is in the past century (RFC 9110, 5.6.7). */
function fullYear(digits: string, now: number): number {
  if (digits.length === 4) return Number(digits);
  const thisYear = new Date(now).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + Number(digits);
  return year > thisYear + 50 ? year - 100 : year;
}
