import type { IncomingHttpHeaders } from 'node:http';

/** Whether `Prefer: handling=lenient` was sent; of a preference that stands twice the first counts (RFC 7240, 2). */
export function prefersLenient(headers: IncomingHttpHeaders): boolean {
  const { prefer } = headers;
  const preferences = directives(Array.isArray(prefer) ? prefer.join() : prefer);
  return preferences.find((preference) => preference.startsWith('handling=')) === 'handling=lenient';
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

/** The members of a list, without their parameters. */
function directives(header = ''): readonly string[] {
  return header.split(',').map((member) => member.replace(/;.*/s, '').replaceAll(/[\s"]/g, '').toLowerCase());
}

/** `*` stands alone; what is neither that nor a tag names nothing. */
function entityTags(header = ''): readonly string[] {
  return header.trim() === '*' ? ['*'] : (header.match(/(?:W\/)?"[^"]*"/g) ?? []);
}
