/** The URL, or undefined for an invalid one. Not by `URL.canParse`, which rejects Latin-1 letters once Node 20 has optimised it. */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
