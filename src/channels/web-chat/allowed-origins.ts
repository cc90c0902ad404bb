import { applyDecorators } from '@nestjs/common';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsString } from 'class-validator';
import { isLongerThan } from '../../json/json-size';
import { mayBeToken } from '../../secrets/token-like';
import { maskUrl, parseUrl } from '../../secrets/url';
import { MaskedInParts, Rule, redactTexts } from '../field';
import { foldCase } from '../validate-configuration';

const MAX_ORIGINS = 100;
const MAX_LENGTH = 255;
/** Characters that the URL parser reads as a path, user-info or an escape, or silently drops. */
const BEYOND_HOST = /[\s\p{C}/?#@\\%]|:$/u;
/** A parsed host: labels, an IPv4 address, or an IPv6 address in brackets. The parser accepts `;` and `'` in a host. */
const HOST = /^(?:[\w-]+(?:\.[\w-]+)*\.?|\[[\da-f:]+\])$/;

/** Host names, `localhost` or IP addresses that may host the WebChat component (S-220, S-221). Hubster receives them as they are. */
export const IsAllowedOrigins = () =>
  applyDecorators(
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(MAX_ORIGINS, { message: 'At most $constraint1 elements are allowed.' }),
    IsString({ each: true }),
    Rule('isOrigin', isShortOrigin, {
      each: true,
      message: 'A host with an optional port is expected.',
      context: { schema: { minLength: 1, maxLength: MAX_LENGTH } },
    }),
    ArrayUnique(foldCase, { message: 'The origin is in the list twice.' }),
    MaskedInParts(redactTexts(redactOrigin)),
  );

function redactOrigin(origin: string): string {
  const isHarmless = isShortOrigin(origin) || !(origin.includes('@') || mayBeToken(origin));
  return isHarmless ? origin : maskUrl(origin);
}

function isShortOrigin(origin: unknown): boolean {
  return typeof origin === 'string' && !isLongerThan(origin, MAX_LENGTH) && isOrigin(origin);
}

function isOrigin(origin: string): boolean {
  // `x.` in place of `*.`: an IP address after it does not parse.
  const authority = origin.replace(/^https?:\/\//i, '').replace(/^\*\.(?=[^:])/, 'x.');
  return !BEYOND_HOST.test(authority) && HOST.test(parseUrl(`http://${authority}`)?.hostname ?? '');
}
