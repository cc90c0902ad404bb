/** The URL, or undefined where a text is none. Node 20 compiles `URL.canParse` to something that refuses Latin-1 letters. */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
