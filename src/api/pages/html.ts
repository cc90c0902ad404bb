/** HTML that `html` made: its values were escaped. */
export class Html {
  readonly #text: string;

  constructor(fragment: Fragment) {
    this.#text = fragment.strings.map((text, index) => text + htmlOf(fragment.values[index])).join('');
  }

  toString(): string {
    return this.#text;
  }
}

/** The arguments of a tagged template. */
interface Fragment {
  readonly strings: TemplateStringsArray;
  readonly values: readonly HtmlValue[];
}

/** `undefined` and `false` are nothing; the members of a list follow one another. */
type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template of HTML. Every value is escaped, except what another `html` made. Attributes have to be in quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html({ strings, values });
}

function htmlOf(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map(htmlOf).join('');
  return String(value).replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

/** A text in which words in backticks become code. */
export function prose(text: string): Html {
  return html`${text.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}`;
}
