/** RFC 9110, section 12.4.2: 0 to 1 with at most three decimals. */
const QUALITY = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * The quality of a media type in an `Accept` header: 0 (not acceptable) to 1. The most specific range that covers the type decides
 * (RFC 9110, section 12.5.1); parameters other than `q` are ignored. `isNamed`: the header names the type itself, not only a
 * range that covers it.
 */
export function acceptedQuality(
  accept: string,
  mediaType: string,
): { readonly quality: number; readonly isNamed: boolean } {
  const ranges = new Map<string, number>();
  for (const item of accept.split(',')) {
    const [range = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    ranges.set(range, Math.max(qualityOf(parameters), ranges.get(range) ?? 0));
  }
  const own = ranges.get(mediaType);
  const quality = own ?? ranges.get(`${mediaType.split('/')[0]}/*`) ?? ranges.get('*/*') ?? 0;
  return { quality, isNamed: own !== undefined };
}

/** A malformed quality counts as absent, as the client meant to accept the range. */
function qualityOf(parameters: readonly string[]): number {
  const text = parameters.find((parameter) => parameter.startsWith('q='))?.slice('q='.length);
  return text !== undefined && QUALITY.test(text) ? Number(text) : 1;
}
