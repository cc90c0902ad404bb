import { applyDecorators } from '@nestjs/common';
import { IsString } from 'class-validator';
import { maskUrl, parseUrl } from '../secrets/url';
import { MaskedInParts, Rule } from './field';
import { MaxCharacters } from './validate-configuration';

const MAX_LENGTH = 2048;
/** Captures the authority. The parser alone reads `https:///x`, `https:x` and `https:\\x` as host `x`. */
const HTTP_URL = /^https?:\/\/([^\s\p{Cc}/?#\\]+)(?:[/?#][^\s\p{Cc}]*)?$/iu;

/** An absolute http or https URL without user-info, by the URL Standard of the WHATWG (S-232, S-240, S-248). */
export const IsWebhookUrl = () =>
  applyDecorators(
    IsString({ context: { schema: { format: 'uri', pattern: '^[Hh][Tt][Tt][Pp][Ss]?://' } } }),
    MaxCharacters(MAX_LENGTH),
    Rule('isHttpUrl', (url) => authorityOf(url) !== undefined, {
      message: 'An absolute http or https URL is expected.',
    }),
    Rule('hasNoUserInfo', (url) => !authorityOf(url)?.includes('@'), {
      message: 'A webhook URL cannot contain user-info.',
    }),
    MaskedInParts((value) => (typeof value === 'string' ? maskUrl(value) : undefined)),
  );

function authorityOf(url: unknown): string | undefined {
  if (typeof url !== 'string') return undefined;
  const authority = HTTP_URL.exec(url)?.[1];
  return authority !== undefined && parseUrl(url) ? authority : undefined;
}
