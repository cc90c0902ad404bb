import { createHash } from 'node:crypto';

/** A value that must not appear in any output, and where it was planted. */
export interface Canary {
  readonly place: string;
  readonly value: string;
}

/** A canary that was found in a text: in which form and where. */
export interface ProbeResult {
  readonly place: string;
  readonly form: string;
  readonly where: string;
}

let planted = 0;

/** A unique value of letters and digits, so that every transport keeps it unchanged. */
export function canary(place: string, length = 28): Canary {
  planted += 1;
  const value = createHash('sha256')
    .update(`${place} ${planted}`)
    .digest('base64url')
    .replaceAll(/[-_]/g, 'q')
    .slice(0, length);
  return { place, value };
}

/**
 * The encodings of a value that are searched for: plain, base64 in its three alignments, base64url, hex, escaped for a URL or JSON
 * (only where necessary, or every character), reversed.
 */
export function formsOf(value: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(value);
  const hex = bytes.toString('hex');
  const url = hex.replaceAll(/../g, '%$&');
  const json = Array.from({ length: value.length }, (_, at) => `\\u${codeOf(value, at)}`).join('');
  const aligned = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    // The first and last digits contain bits of the neighbours.
    return encoded.slice(offset === 0 ? 0 : offset + 1, -2);
  });
  const forms: readonly (readonly [string, string])[] = [
    ['plain', value],
    ...aligned.map((text, offset) => [`base64+${offset}`, text] as const),
    ...aligned.map((text, offset) => [`base64url+${offset}`, text.replaceAll('+', '-').replaceAll('/', '_')] as const),
    ['hex', hex],
    ['HEX', hex.toUpperCase()],
    ['url', url],
    ['URL', url.toUpperCase()],
    ['url where needed', encodeURIComponent(value)],
    ['json', json],
    ['JSON', json.toUpperCase().replaceAll('\\U', '\\u')],
    ['json where needed', JSON.stringify(value).slice(1, -1)],
    ['reversed', Array.from(value).reverse().join('')],
  ];
  return new Map(forms.filter(([form, text]) => form === 'plain' || text !== value));
}

const codeOf = (text: string, at: number) => text.charCodeAt(at).toString(16).padStart(4, '0');

/** Characters: no part of a secret of this length may appear. */
export const WINDOW = 8;

/**
 * Finds canaries in texts, in any form, whole or in part: the plain value and its reverse by any eight characters, the other forms by
 * the encoding of eight bytes. Parts of `shown`, which is public, do not count.
 */
export function findCanaries(
  canaries: readonly Canary[],
  texts: Iterable<readonly [where: string, text: string]>,
  shown = '',
): readonly ProbeResult[] {
  const hidden = new HiddenTexts();
  for (const { place, value } of canaries) {
    for (const part of windowsOf(value).filter((window) => !shown.includes(window))) {
      for (const [form, text] of formsOf(part)) hidden.add(text, { place, form });
    }
  }
  return [...texts].flatMap(([where, text]) => hidden.findIn(text).map((probeResult) => ({ ...probeResult, where })));
}

function windowsOf(text: string): readonly string[] {
  return Array.from({ length: Math.max(0, text.length - WINDOW + 1) }, (_, at) => text.slice(at, at + WINDOW));
}

type Hint = Omit<ProbeResult, 'where'>;

/** Characters of the shortest form of a window. */
const HEAD = 8;
const FILTER_SIZE = 1 << 20;

/** Searches a text for many others in one pass; the filter skips nearly all characters. */
class HiddenTexts {
  readonly #filter = new Uint8Array(FILTER_SIZE);
  readonly #byHead = new Map<string, { readonly text: string; readonly hint: Hint }[]>();

  add(text: string, hint: Hint): void {
    const head = text.slice(0, HEAD);
    const known = this.#byHead.get(head);
    if (known) known.push({ text, hint });
    else this.#byHead.set(head, [{ text, hint }]);
    this.#filter[filterIndexOf(text, 0)] = 1;
  }

  /** Each hint once. */
  findIn(text: string): readonly Hint[] {
    const found = new Map<string, Hint>();
    for (let at = 0; at + HEAD <= text.length; at += 1) {
      if (this.#filter[filterIndexOf(text, at)] === 0) continue;
      for (const { text: hidden, hint } of this.#byHead.get(text.slice(at, at + HEAD)) ?? []) {
        if (text.startsWith(hidden, at)) found.set(`${hint.place} ${hint.form}`, hint);
      }
    }
    return [...found.values()];
  }
}

function filterIndexOf(text: string, at: number): number {
  const [first, middle, last] = [text.charCodeAt(at), text.charCodeAt(at + 3), text.charCodeAt(at + 7)];
  return (first * 31 + middle * 1009 + last * 65_599) & (FILTER_SIZE - 1);
}
