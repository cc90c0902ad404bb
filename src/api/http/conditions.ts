import type { IncomingHttpHeaders } from 'node:http';

/** Whether `Cache-Control` asks for an answer that was checked with Hubster (RFC 9111, 5.2.1.4). */
export function asksToRevalidate(headers: IncomingHttpHeaders): boolean {
  return directives(headers['cache-control']).includes('no-cache');
}

/** Whether `Prefer: handling=lenient` was sent (RFC 7240). */
export function asksForLenience(headers: IncomingHttpHeaders): boolean {
  const { prefer } = headers;
  return directives(Array.isArray(prefer) ? prefer.join() : prefer).includes('handling=lenient');
}

/** Whether `If-None-Match` names the tag (RFC 9110, 13.1.2: weak comparison). */
export function isNotModified(headers: IncomingHttpHeaders, etag: string): boolean {
  const tags = entityTags(headers['if-none-match']);
  return tags.some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag);
}

/** How `If-Match` judges a tag (RFC 9110, 13.1.1: strong comparison); empty when it was not sent. */
export function ifMatch(headers: IncomingHttpHeaders): { readonly ifMatch?: (etag: string) => boolean } {
  const header = headers['if-match'];
  if (header === undefined) return {};
  const tags = entityTags(header);
  return { ifMatch: (etag) => tags.includes('*') || tags.includes(etag) };
}

function directives(header: string | undefined): readonly string[] {
  return (header ?? '').split(/[,;]/).map((directive) => directive.replaceAll(/[\s"]/g, '').toLowerCase());
}

function entityTags(header: string | undefined): readonly string[] {
  return header === undefined ? [] : (header.match(/\*|(?:W\/)?"[^"]*"/g) ?? []);
}
