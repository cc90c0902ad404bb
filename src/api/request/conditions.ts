import type { IncomingHttpHeaders } from 'node:http';

const ENTITY_TAG = /(?:W\/)?"[^"]*"/g;

/** Whether `Prefer: handling=lenient` was sent; the first of a repeated preference counts (RFC 7240, 2). */
export function prefersLenient(headers: IncomingHttpHeaders): boolean {
  const { prefer } = headers;
  const preferences = directives(Array.isArray(prefer) ? prefer.join() : prefer);
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

/** The first two are evaluated; the others must be ignored for methods other than GET (RFC 9110, 13.1.3 and 13.1.5). */
const SUPPORTED = new Set(['if-match', 'if-none-match', 'if-modified-since', 'if-range']);

/**
 * The header of a write with a condition that is not evaluated, so that the write must not be carried out. Names that are not in
 * RFC 9110 are texts of the caller, so the result does not quote them.
 */
export function unsupportedCondition(headers: IncomingHttpHeaders): 'If-Unmodified-Since' | 'If-*' | undefined {
  const unsupported = Object.keys(headers).find((name) => {
    if (name !== 'if' && !name.startsWith('if-')) return false;
    const isOverridden = name === 'if-unmodified-since' && headers['if-match'] !== undefined;
    return !isOverridden && !SUPPORTED.has(name);
  });
  if (unsupported === undefined) return undefined;
  return unsupported === 'if-unmodified-since' ? 'If-Unmodified-Since' : 'If-*';
}

/** The members of a list, without their parameters. */
function directives(header = ''): readonly string[] {
  return header.split(',').map((member) => member.replace(/;.*/s, '').replaceAll(/[\s"]/g, '').toLowerCase());
}

/** `['*']`, or all well-formed tags. */
function entityTags(header = ''): readonly string[] {
  return header.trim() === '*' ? ['*'] : (header.match(ENTITY_TAG) ?? []);
}
