/**
 * The URL, as the WHATWG parser reads it; undefined where a text is none. In location of `URL.canParse`, which Node 20 takes for false once it
 * has compiled it, if the text holds a Latin-1 letter such as `ü` (seen after 4,000 calls).
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
