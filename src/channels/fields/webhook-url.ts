import { isLongerThan } from '../../json/characters';
import { maskUrl, parseUrl } from '../../secrets/url';
import { type FieldType, NO_VIOLATIONS, WRONG_TYPE } from './field-type';

const MAX_LENGTH = 2048;
/** Captures the authority. The parser alone reads `https:///x`, `https:x` and `https:\\x` as host `x`. */
const HTTP_URL = /^https?:\/\/([^\s\p{Cc}/?#\\]+)(?:[/?#][^\s\p{Cc}]*)?$/iu;

/** An absolute http or https URL without user-info, by the URL Standard of the WHATWG (S-232, S-240, S-248). */
export const webhookUrl: FieldType = {
  schema: { type: 'string', format: 'uri', maxLength: MAX_LENGTH },
  check: (value) => {
    if (typeof value !== 'string') return WRONG_TYPE;
    if (isLongerThan(value, MAX_LENGTH)) return [{ code: 207 }];
    const authority = HTTP_URL.exec(value)?.[1];
    if (authority === undefined || !parseUrl(value)) {
      return [{ code: 206, detail: 'An absolute http or https URL is expected.' }];
    }
    return authority.includes('@') ? [{ code: 206, detail: 'A webhook URL cannot hold user-info.' }] : NO_VIOLATIONS;
  },
  redact: (value) => (typeof value === 'string' ? maskUrl(value) : undefined),
  masksParts: true,
};
