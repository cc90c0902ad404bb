import type { IncomingMessage } from 'node:http';
import { Problem } from '../problems/problem';
import { Secret } from '../secrets/secret';

/**
 * The headers of a request. `rawHeaders` too, as Node keeps the first of several `Authorization` lines and drops the
 * rest in silence: one that a proxy appends would be overruled unseen. Other repeated ones come joined by commas.
 */
export type RequestHeaders = Pick<IncomingMessage, 'headers' | 'rawHeaders'>;

/** What a request presents. */
export interface Credentials {
  readonly presented: Secret;
  /** Whether it came as a bearer: a token never comes as `X-API-Key`. */
  readonly isBearer: boolean;
}

const LONGEST = 16 * 1024;
const CREDENTIAL = /^[\x21-\x7e]+$/;
const BEARER = /^bearer +([\x21-\x7e]+)$/i;

/**
 * What the request presents as `Authorization: Bearer …` (RFC 6750) or `X-API-Key`; both may come when they are equal.
 * Throws `unauthenticated` when there is none, a malformed one, a repeated header, or two different ones. Why is not
 * told: it would help nobody but a stranger.
 */
export function credentialsOf({ headers, rawHeaders }: RequestHeaders): Credentials {
  const { authorization, 'x-api-key': apiKey } = headers;
  if (repeats(rawHeaders, 'authorization')) throw new Problem('unauthenticated');
  const bearer = authorization !== undefined && isShort(authorization) ? BEARER.exec(authorization)?.[1] : undefined;
  const key = typeof apiKey === 'string' && isShort(apiKey) && CREDENTIAL.test(apiKey) ? apiKey : undefined;
  const isBad = (authorization !== undefined && !bearer) || (apiKey !== undefined && !key);
  const presented = bearer ?? key;
  if (isBad || presented === undefined || (key ?? presented) !== presented) throw new Problem('unauthenticated');
  return { presented: Secret.of(presented), isBearer: bearer !== undefined };
}

const isShort = (value: string): boolean => value.length <= LONGEST;

/** Whether the header comes more than once; `rawHeaders` has names and values in turn. */
function repeats(rawHeaders: readonly string[], name: string): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index];
    if (header?.length === name.length && header.toLowerCase() === name) count += 1;
  }
  return count > 1;
}
