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
  const value = `cnry${String(planted).padStart(3, '0')}${Buffer.from(`${place}${planted}`).toString('hex').slice(-18)}zq`;
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

/** Where in the texts any of the canaries can be seen, in any form. */
export function sightings(canaries: readonly Canary[], texts: ReadonlyMap<string, string>): readonly Sighting[] {
  return canaries.flatMap(({ place, value }) =>
    [...formsOf(value)].flatMap(([form, hidden]) =>
      [...texts].filter(([, text]) => text.includes(hidden)).map(([where]) => ({ place, form, where })),
    ),
  );
}
