import type { IncomingMessage } from 'node:http';
import { Problem } from '../problems/problem';
import { Secret } from '../secrets/secret';

/**
 * The headers of a request. `rawHeaders` too, as Node keeps the first of several `Authorization` lines and silently drops the
 * rest, such as one that a proxy appends. Node joins other repeated headers with commas.
 */
export type RequestHeaders = Pick<IncomingMessage, 'headers' | 'rawHeaders'>;

/** The credentials that a request presents. */
export interface Credentials {
  readonly presented: Secret;
  /** Whether it was sent as a bearer token; tokens are not accepted as `X-API-Key`. */
  readonly isBearer: boolean;
}

const MAX_LENGTH = 16 * 1024;
const CREDENTIAL = /^[\x21-\x7e]+$/;
const BEARER = /^bearer +([\x21-\x7e]+)$/i;

/**
 * The credentials in `Authorization: Bearer …` (RFC 6750) or `X-API-Key`; a request may have both if they are equal. Throws
 * `unauthenticated` for missing, malformed, repeated or different ones. The response gives no reason, as it would help attackers.
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

const isShort = (value: string): boolean => value.length <= MAX_LENGTH;

/** Whether the header is repeated; `rawHeaders` alternates names and values. */
function repeats(rawHeaders: readonly string[], name: string): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index];
    if (header?.length === name.length && header.toLowerCase() === name) count += 1;
  }
  return count > 1;
}
