import type { IncomingHttpHeaders } from 'node:http';
import { NO_DIRECTIVES, type RequestDirectives } from '../../cache/cache-read';

const ENTITY_TAG = /(?:W\/)?"[^"]*"/g;

/** The first two are evaluated; the others must be ignored for methods other than GET (RFC 9110, 13.1.3 and 13.1.5). */
const PERMITTED_CONDITIONS = new Set(['if-match', 'if-none-match', 'if-modified-since', 'if-range']);
const COMMA = 44;
const QUOTE = 34;
const BACKSLASH = 92;
const FLAG_DIRECTIVES: ReadonlySet<string> = new Set(['no-cache', 'no-store', 'only-if-cached']);
const DURATION_DIRECTIVES: ReadonlySet<string> = new Set(['max-age', 'min-fresh', 'max-stale']);
/** In seconds; larger values count as this one (RFC 9111, 1.2.2). */
const MAX_SECONDS = 2 ** 31;

/** Whether `Prefer: handling=lenient` was sent; the first of a repeated preference counts (RFC 7240, 2). */
export function prefersLenient(headers: IncomingHttpHeaders): boolean {
  const { prefer } = headers;
  const preferences = listMembers(Array.isArray(prefer) ? prefer.join() : prefer);
  return preferences.find((preference) => preference.startsWith('handling=')) === 'handling=lenient';
}

/** Whether `If-None-Match` names the tag (RFC 9110, 13.1.2: weak comparison). */
export function isNotModified(headers: IncomingHttpHeaders, etag: string): boolean {
  const { 'if-none-match': known } = headers;
  if (known === undefined) return false;
  const tags = entityTags(known);
  return tags.some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag);
}

interface Precondition {
  /** Whether `If-Match` and `If-None-Match` are true for an integration with these entity tags; empty if none exists yet. */
  readonly precondition?: (etags: readonly string[]) => boolean;
}

/** The condition of a request on the current state (RFC 9110, 13.1.1 and 13.1.2); empty if the request has none. */
export function precondition(headers: IncomingHttpHeaders): Precondition {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (match === undefined && noneMatch === undefined) return {};
  return { precondition: (etags) => ifMatch(match, etags) && ifNoneMatch(noneMatch, etags) };
}

/** Strong comparison. */
function ifMatch(header: string | undefined, etags: readonly string[]): boolean {
  if (header === undefined) return true;
  const tags = entityTags(header);
  return etags.some((etag) => tags.includes('*') || tags.includes(etag));
}

/** Weak comparison. False for a malformed value, as the client wants to prevent a write. */
function ifNoneMatch(header: string | undefined, etags: readonly string[]): boolean {
  if (header === undefined) return true;
  const tags = entityTags(header);
  const isValid = tags.length > 0 && (tags.includes('*') || /^[\s,]*$/.test(header.replaceAll(ENTITY_TAG, '')));
  return isValid && !etags.some((etag) => tags.some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag));
}

/**
 * The header of a write with a condition that is not evaluated, so that the write must not be carried out. Names that are not in
 * RFC 9110 are texts of the caller, so the result does not quote them.
 */
export function unsupportedCondition(headers: IncomingHttpHeaders): 'If-Unmodified-Since' | 'If-*' | undefined {
  const unsupported = Object.keys(headers).find((name) => {
    if (name !== 'if' && !name.startsWith('if-')) return false;
    const isOverridden = name === 'if-unmodified-since' && headers['if-match'] !== undefined;
    return !isOverridden && !PERMITTED_CONDITIONS.has(name);
  });
  if (unsupported === undefined) return undefined;
  return unsupported === 'if-unmodified-since' ? 'If-Unmodified-Since' : 'If-*';
}

/** The members of a list, without their parameters. */
function listMembers(header = ''): readonly string[] {
  return header.split(',').map((member) => member.replace(/;.*/s, '').replaceAll(/[\s"]/g, '').toLowerCase());
}

/** `['*']`, or all well-formed tags. */
function entityTags(header = ''): readonly string[] {
  return header.trim() === '*' ? ['*'] : (header.match(ENTITY_TAG) ?? []);
}

/** `Cache-Control` of a request, or else `Pragma` (RFC 9111, 5.2.1 and 5.4). Node joins several lines with commas. */
export function cacheDirectives({ 'cache-control': control, pragma }: IncomingHttpHeaders): RequestDirectives {
  if (control === undefined && pragma === undefined) return NO_DIRECTIVES;
  const given = parseDirectives(control ?? pragma ?? '');
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
function parseDirectives(header: string): ReadonlyMap<string, number> {
  const given = new Map<string, number>();
  for (const member of members(header)) {
    const [name = '', ...rest] = member.split('=');
    const directive = name.trim().toLowerCase();
    const value = rest.length > 0 ? rest.join('=').trim() : undefined;
    const ms = FLAG_DIRECTIVES.has(directive)
      ? 0
      : DURATION_DIRECTIVES.has(directive)
        ? durationOf(directive, value)
        : undefined;
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
