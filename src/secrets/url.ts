import { MASK } from './secret';
import { isSecretName, mayBeToken } from './token-like';

/** Longer URLs are masked whole. */
const MAX_URL_LENGTH = 8192;
/** The WHATWG parser ignores tabs and line ends anywhere, and controls and spaces at both ends. */
const DROPPED_ANYWHERE = /[\t\n\r]/g;
const LAST_CONTROL = 0x20;
/** The parts of an http URL as the WHATWG parser reads it, with any number of slashes of either kind, or none. */
const URL_PARTS = /^(https?:[\\/]*)([^\\/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/is;

/** Hosts whose webhook URLs are secrets as a whole: anybody who knows such a URL may post to it. */
const PROVIDERS = [
  'hooks.slack.com',
  'hooks.slack-gov.com',
  'discord.com',
  'discordapp.com',
  'api.telegram.org',
  'webhook.office.com',
  'outlook.office.com',
  'outlook.office365.com',
  'logic.azure.com',
  'api.powerplatform.com',
  'chat.googleapis.com',
  'hooks.zapier.com',
  'hook.integromat.com',
  'make.com',
  'maker.ifttt.com',
  'webhook.site',
  'm.pipedream.net',
  'events.pagerduty.com',
  'api.opsgenie.com',
  'webhooks.mongodb-realm.com',
  'hooks.glip.com',
  'open.feishu.cn',
  'open.larksuite.com',
  'oapi.dingtalk.com',
  'qyapi.weixin.qq.com',
  'hooks.airtable.com',
  'api.flock.com',
  'hooks.nabu.casa',
] as const;

/**
 * The URL, as the WHATWG parser reads it; undefined for any other text. Used in place of `URL.canParse`, which returns false in Node 20 once
 * it is compiled, if the text has a Latin-1 letter such as `ü` (seen after 4,000 calls).
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/**
 * An http or https URL with every possible token masked: user-info, values under secret-looking names, path segments and values that could
 * be tokens, a bare query, and everything after the host of a webhook provider. The rest is unchanged, so that people see the target of a
 * webhook. Any other text is masked whole.
 */
export function maskUrl(text: string): string {
  if (text.length > MAX_URL_LENGTH) return MASK;
  const url = trimmed(text.replaceAll(DROPPED_ANYWHERE, ''));
  const parts = URL_PARTS.exec(url);
  const parsed = parseUrl(url);
  if (!parts || !parsed) return MASK;
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] = parts;
  const userInfoEnd = authority.lastIndexOf('@') + 1;
  const origin = scheme + (userInfoEnd > 0 ? `${MASK}@` : '') + authority.slice(userInfoEnd);
  if (isWebhookProvider(parsed.hostname)) return origin + maskAll(path + query + fragment);
  return origin + maskPath(path) + maskQuery(query) + maskFragment(fragment);
}

/** A path of one slash contains no secret. */
function maskAll(rest: string): string {
  return rest === '' || rest === '/' ? rest : `/${MASK}`;
}

function maskPath(path: string): string {
  let isNamedSecret = false;
  return mapPieces(path, '/\\;&', (piece) => {
    if (piece === '') return piece;
    const masked = isNamedSecret && mayBeValue(piece) ? MASK : maskPiece(piece);
    isNamedSecret = isSecretName(decoded(piece));
    return masked;
  });
}

function maskQuery(query: string): string {
  return mapPieces(query, '?&;', (piece) => (piece === '' || piece.includes('=') ? maskPiece(piece) : MASK));
}

/** A fragment never reaches a server, but some clients carry tokens in it (`#access_token=…`). */
function maskFragment(fragment: string): string {
  return mapPieces(fragment, '#?&;', maskPiece);
}

/** One `name=value`, or a text without a name. */
function maskPiece(piece: string): string {
  const at = piece.indexOf('=');
  if (at === -1) return mayBeToken(decoded(piece)) ? MASK : piece;
  const [name, value] = [piece.slice(0, at), piece.slice(at + 1)];
  const lastName = decoded(piece.slice(0, piece.lastIndexOf('=')));
  const isSecret = isSecretName(lastName) || mayBeToken(decoded(value));
  return `${mayBeToken(decoded(name)) ? MASK : name}=${isSecret && value !== '' ? MASK : value}`;
}

/** Whether a path segment after a secret-looking one may be its value: `/token/a1b2`, but not `/auth/callback`. */
function mayBeValue(segment: string): boolean {
  return /[^a-z_-]/.test(segment);
}

/** Maps the pieces between separators, and keeps the separators. */
function mapPieces(text: string, separators: string, map: (piece: string) => string): string {
  let result = '';
  let start = 0;
  for (let at = 0; at <= text.length; at += 1) {
    if (at < text.length && !separators.includes(text.charAt(at))) continue;
    result += map(text.slice(start, at)) + text.charAt(at);
    start = at + 1;
  }
  return result;
}

function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && text.charCodeAt(start) <= LAST_CONTROL) start += 1;
  while (end > start && text.charCodeAt(end - 1) <= LAST_CONTROL) end -= 1;
  return text.slice(start, end);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a host name, in lower case, is that of a provider or a subdomain of it. */
function isWebhookProvider(host: string): boolean {
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  return PROVIDERS.some((provider) => name === provider || name.endsWith(`.${provider}`));
}
