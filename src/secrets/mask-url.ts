import { MASK } from './secret';

const SECRET_PARAMETER = /token|key|secret|sig|code|pass|pwd|auth|cred|sas/i;
/** As the WHATWG parser reads it: after any number of slashes of either kind, none included. */
const USER_INFO = /^(\s*[a-z][a-z0-9+.-]*:[\\/]*)[^\\/?#]*@/i;

/**
 * Masks the user-info of a URL and the values of query parameters whose name looks secret (design 2.1, S-240).
 * Works on the text, so that everything else stays byte for byte what the caller wrote, and on any text.
 */
export function maskUrl(url: string): string {
  const [, beforeQuery = '', query, fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(url) ?? [];
  return beforeQuery.replace(USER_INFO, `$1${MASK}@`) + (query ? maskQuery(query) : '') + maskFragment(fragment);
}

function maskQuery(query: string): string {
  return query.replace(/([?&;])([^=&;]*)=([^&;]*)/g, (pair, separator: string, name: string) =>
    SECRET_PARAMETER.test(decoded(name)) ? `${separator}${name}=${MASK}` : pair,
  );
}

/** A fragment never reaches a server, but some clients carry tokens in it (`#access_token=…`). */
function maskFragment(fragment: string): string {
  return fragment && maskQuery(`?${fragment.slice(1)}`).replace('?', '#');
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
