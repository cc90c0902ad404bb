// @ts-check
// Shows requests and their responses below a button. All texts are set as texts, never as HTML.

const HEADERS = ['Cache-Status', 'Age', 'ETag', 'Server-Timing', 'Retry-After'];

/** @typedef {import('./start-client.js').Received} Received */

/**
 * An element with a class and children: texts, or elements.
 * @param {string} name
 * @param {string} className
 * @param {(string | Element)[]} children
 */
function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/**
 * A block of text that scrolls, reachable by keyboard.
 * @param {string} className
 * @param {string} label
 * @param {string} text
 */
function block(className, label, text) {
  const pre = element('pre', className, element('code', '', text));
  pre.tabIndex = 0;
  pre.setAttribute('aria-label', label);
  return pre;
}

/** @param {Received} response */
function statusLine({ status, statusText, milliseconds, isSuccess }) {
  const code = element('strong', isSuccess ? 'good' : 'bad', `${status} ${statusText}`.trim());
  return element('p', 'result', code, ` in ${milliseconds.toFixed(1)} ms`);
}

/**
 * @param {Received['header']} header
 * @param {string | undefined} marked
 */
function headerList(header, marked) {
  const rows = HEADERS.filter((name) => header(name) !== '').map((name) =>
    element(
      'div',
      name.toLowerCase() === marked ? 'marked' : '',
      element('dt', '', name),
      element('dd', '', header(name)),
    ),
  );
  return element('dl', 'headers', ...rows);
}

/** @param {Received} response */
function bodyBlock({ value, text }) {
  if (text === '') return element('p', 'note body', 'No body.');
  return block('body', 'Body of the response', value === undefined ? text : JSON.stringify(value, null, 2));
}

/** The output of one button: an announced sentence, and the requests, to be read when a person goes to them. */
export class Output {
  #sentence;
  #steps;
  #marked;

  /**
   * @param {Element} sentence
   * @param {Element} steps
   * @param {string | undefined} marked the header that shows it, in lower case
   */
  constructor(sentence, steps, marked) {
    this.#sentence = sentence;
    this.#steps = steps;
    this.#marked = marked;
    for (const part of [sentence, steps]) part.replaceChildren();
  }

  /** @param {Received} response */
  add(response) {
    const { curl, header } = response;
    const shown = [
      block('', 'Request', curl),
      statusLine(response),
      headerList(header, this.#marked),
      bodyBlock(response),
    ];
    this.#steps.append(element('div', 'step', ...shown));
  }

  /**
   * @param {string} text
   * @param {{ text: string, href: string }} [link]
   */
  conclude(text, link) {
    this.#sentence.append(text);
    if (!link) return;
    const anchor = element('a', '', link.text);
    anchor.setAttribute('href', link.href);
    this.#sentence.append(' ', anchor);
  }
}
