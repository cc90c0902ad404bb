import { isLongerThan } from '../../json/characters';
import { mayHoldToken } from '../../secrets/token-like';
import { maskUrl, parseUrl } from '../../secrets/url';
import type { FieldType, ValueViolation } from './field-type';
import { listViolations, redactTexts } from './lists';

const MAX_ORIGINS = 100;
const MAX_LENGTH = 255;
/** Characters that the URL parser reads as a path, user-info or an escape, or silently drops. */
const BEYOND_HOST = /[\s\p{C}/?#@\\%]|:$/u;
/** A parsed host: labels, an IPv4 address, or an IPv6 address in brackets. The parser accepts `;` and `'` in a host. */
const HOST = /^(?:[\w-]+(?:\.[\w-]+)*\.?|\[[\da-f:]+\])$/;

/** Host names, `localhost` or IP addresses that may host the WebChat component (S-220, S-221). Hubster receives them as they are. */
export const origins: FieldType = {
  schema: {
    type: 'array',
    items: { type: 'string', minLength: 1, maxLength: MAX_LENGTH },
    minItems: 1,
    maxItems: MAX_ORIGINS,
    uniqueItems: true,
  },
  check: (value) => listViolations(value, { min: 1, max: MAX_ORIGINS }, originViolations),
  redact: redactTexts(redactOrigin),
  masksParts: true,
};

function originViolations(origin: unknown, isRepeated: boolean): readonly ValueViolation[] {
  if (typeof origin !== 'string') return [{ code: 302 }];
  if (!isShortOrigin(origin)) {
    return [{ code: 206, detail: 'A host with an optional port is expected.' }];
  }
  return isRepeated ? [{ code: 206, detail: 'The origin is in the list twice.' }] : [];
}

function redactOrigin(origin: string): string {
  const isHarmless = isShortOrigin(origin) || !(origin.includes('@') || mayHoldToken(origin));
  return isHarmless ? origin : maskUrl(origin);
}

function isShortOrigin(origin: string): boolean {
  return !isLongerThan(origin, MAX_LENGTH) && isOrigin(origin);
}

function isOrigin(origin: string): boolean {
  // `x.` in place of `*.`: an IP address after it does not parse.
  const authority = origin.replace(/^https?:\/\//i, '').replace(/^\*\.(?=[^:])/, 'x.');
  return !BEYOND_HOST.test(authority) && HOST.test(parseUrl(`http://${authority}`)?.hostname ?? '');
}
