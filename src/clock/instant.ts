/** RFC 3339, section 5.6. */
const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/**
 * An RFC 3339 instant in milliseconds since the epoch; undefined for any other text. `Date.parse` alone reads 30 February
 * as 2 March and 24:00 as the next day. A leap second (`:60`) is rejected, because `Date` cannot represent it.
 */
export function parseInstant(text: string): number | undefined {
  const [, year, month, day] = DATE_TIME.exec(text) ?? [];
  if (year === undefined || !isCalendarDay(`${year}-${month}-${day}`)) return undefined;
  const time = Date.parse(text.toUpperCase());
  return Number.isNaN(time) ? undefined : time;
}

/** Whether `YYYY-MM-DD` is a day of the calendar. */
function isCalendarDay(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}
