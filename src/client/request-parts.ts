/** Visible characters, spaces and tabs; `fetch` would quote the value of a header that has others in its error. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const KEY_BYTES = 16;

/** Headers of the members that are not undefined. */
export function headersOf(values: object): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (typeof value !== 'string' || !HEADER_VALUE.test(value)) {
      throw new TypeError(`${name}: a text of one line and of Latin-1 characters is expected.`);
    }
    headers.set(name, value);
  }
  return headers;
}

/** The base URL without a slash at its end. Messages do not quote it, as it may contain a password by mistake. */
export function baseUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new TypeError('baseUrl: an http or https URL without user, query and fragment is expected.');
  }
  let end = url.href.length;
  while (url.href[end - 1] === '/') end -= 1;
  return url.href.slice(0, end);
}

/** The URL of a path of the document with its parameters. */
export function urlOf(baseUrl: string, path: string, parts: object = {}, query: object = {}): string {
  const values = new Map<string, unknown>(Object.entries(parts));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => segment(name, values.get(name)));
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, String(value)]));
  return `${baseUrl}${filled}${pairs.length > 0 ? `?${search}` : ''}`;
}

/** One segment of a path. An empty one, or dots, would lead to another path. */
function segment(name: string, value: unknown): string {
  if (typeof value !== 'string' || /^\.{0,2}$/.test(value)) throw new TypeError(`${name}: an id is expected.`);
  return encodeURIComponent(value);
}

/** A random key. `randomUUID` exists in pages of https only. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
