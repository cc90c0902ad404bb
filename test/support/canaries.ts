import { createHash } from 'node:crypto';

/** A value planted where a secret stands, and where that was. */
export interface Canary {
  readonly place: string;
  readonly value: string;
}

/** What a text was found to hold. */
export interface Sighting {
  readonly place: string;
  readonly form: string;
  readonly where: string;
}

let planted = 0;

/** A value that stands nowhere else: letters and digits, so that it survives every transport unchanged. */
export function canary(place: string): Canary {
  planted += 1;
  const value = createHash('sha256')
    .update(`${place} ${planted}`)
    .digest('base64url')
    .replaceAll(/[-_]/g, 'q')
    .slice(0, 28);
  return { place, value };
}

/** The ways in which a value may hide in a text: plain, base64 in its three alignments, base64url, hex, URL, JSON, reversed. */
export function formsOf(value: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(value);
  const aligned = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    // The first and last digits hold bits of the neighbours.
    return encoded.slice(offset === 0 ? 0 : offset + 1, -2);
  });
  return new Map([
    ['plain', value],
    ...aligned.map((text, offset) => [`base64+${offset}`, text] as const),
    ...aligned.map((text, offset) => [`base64url+${offset}`, text.replaceAll('+', '-').replaceAll('/', '_')] as const),
    ['hex', bytes.toString('hex')],
    ['HEX', bytes.toString('hex').toUpperCase()],
    ['url', Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')],
    ['json', Array.from(value, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')],
    ['reversed', Array.from(value).reverse().join('')],
  ]);
}

/** The shortest part of a canary that must not be seen either. */
const WINDOW = 8;

/**
 * Where in the texts any of the canaries can be seen, in any form, whole or in part: the plain value and its reverse by any eight
 * characters, the others by as many as eight bytes come to.
 */
export function sightings(canaries: readonly Canary[], texts: ReadonlyMap<string, string>): readonly Sighting[] {
  const hidden = new Map<string, Omit<Sighting, 'where'>[]>();
  for (const { place, value } of canaries) {
    for (const part of windowsOf(value, WINDOW)) {
      for (const [form, text] of formsOf(part)) {
        const known = hidden.get(text);
        if (known) known.push({ place, form });
        else hidden.set(text, [{ place, form }]);
      }
    }
  }
  const lengths = new Set([...hidden.keys()].map(({ length }) => length));
  return [...texts].flatMap(([where, text]) =>
    [...lengths]
      .flatMap((length) => [...new Set(windowsOf(text, length).flatMap((part) => hidden.get(part) ?? []))])
      .map((sighting) => ({ ...sighting, where })),
  );
}

function windowsOf(text: string, length: number): readonly string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) => text.slice(at, at + length));
}
