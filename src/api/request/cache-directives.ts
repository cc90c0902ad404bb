import type { IncomingHttpHeaders } from 'node:http';
import { NO_DIRECTIVES, type RequestDirectives } from '../../cache/cache-read';

const COMMA = 44;
const QUOTE = 34;
const BACKSLASH = 92;
const FLAGS: ReadonlySet<string> = new Set(['no-cache', 'no-store', 'only-if-cached']);
const DURATIONS: ReadonlySet<string> = new Set(['max-age', 'min-fresh', 'max-stale']);
/** In seconds; larger values count as this one (RFC 9111, 1.2.2). */
const MAX_SECONDS = 2 ** 31;

/** `Cache-Control` of a request, or else `Pragma` (RFC 9111, 5.2.1 and 5.4). Node joins several lines with commas. */
export function cacheDirectives({ 'cache-control': control, pragma }: IncomingHttpHeaders): RequestDirectives {
  if (control === undefined && pragma === undefined) return NO_DIRECTIVES;
  const given = parse(control ?? pragma ?? '');
  if (control === undefined) return { ...NO_DIRECTIVES, noCache: given.has('no-cache') };
  return {
    noCache: given.has('no-cache') || given.get('max-age') === 0,
    noStore: given.has('no-store'),
    onlyIfCached: given.has('only-if-cached'),
    maxAgeMs: given.get('max-age') ?? NO_DIRECTIVES.maxAgeMs,
    minFreshMs: given.get('min-fresh') ?? NO_DIRECTIVES.minFreshMs,
    maxStaleMs: given.get('max-stale'),
  };
}

/** The known and well-formed directives, with durations in milliseconds. The first of a name counts. */
function parse(header: string): ReadonlyMap<string, number> {
  const given = new Map<string, number>();
  for (const member of members(header)) {
    const [name = '', ...rest] = member.split('=');
    const directive = name.trim().toLowerCase();
    const value = rest.length > 0 ? rest.join('=').trim() : undefined;
    const ms = FLAGS.has(directive) ? 0 : DURATIONS.has(directive) ? durationOf(directive, value) : undefined;
    if (ms !== undefined && !given.has(directive)) given.set(directive, ms);
  }
  return given;
}

/** From seconds, also as a quoted string (RFC 9111, 5.2), to milliseconds; `max-stale` without a value has no limit. Undefined: malformed. */
function durationOf(directive: string, value: string | undefined): number | undefined {
  if (value === undefined) return directive === 'max-stale' ? Number.POSITIVE_INFINITY : undefined;
  const digits = value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  return /^\d+$/.test(digits) ? Math.min(Number(digits), MAX_SECONDS) * 1000 : undefined;
}

/** The members of a list, in one pass; commas in quoted strings do not separate members. */
function* members(header: string): Generator<string> {
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < header.length; at += 1) {
    const code = header.charCodeAt(at);
    if (isQuoted && code === BACKSLASH) at += 1;
    else if (code === QUOTE) isQuoted = !isQuoted;
    else if (code === COMMA && !isQuoted) {
      yield header.slice(start, at);
      start = at + 1;
    }
  }
  yield header.slice(start);
}
