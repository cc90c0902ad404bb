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
