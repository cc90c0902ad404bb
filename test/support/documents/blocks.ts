import { filesOfRepository, textOf } from '../repository';

/** A fenced block of a document. */
export interface Block {
  readonly document: string;
  /** Counted from 1 within its document. */
  readonly number: number;
  readonly language: string;
  readonly text: string;
  /** The prose between the block before and this one. */
  readonly prose: string;
  /** The block right before this one, with nothing but an empty line between them: then this one is a sample of its output. */
  readonly printedBy: Block | undefined;
}

/** Languages in which a document shows what a command prints. */
const OUTPUT = ['text', 'json', 'http'];

const FENCE = /^( *)```(.*)\n([\s\S]*?)^ *```$/gm;

/** Each document of the repository that may have commands or code. */
export const documentsWithBlocks = (): readonly string[] =>
  filesOfRepository().filter((file) => file.endsWith('.md') && blocksOf(file).length > 0);

export function blocksOf(document: string): readonly Block[] {
  const blocks: Block[] = [];
  const markdown = textOf(document);
  let end = 0;
  for (const match of markdown.matchAll(FENCE)) {
    const [whole, indent = '', language = '', content = ''] = match;
    const before = blocks.at(-1);
    const prose = markdown.slice(end, match.index);
    const isNext = prose.trim() === '';
    blocks.push({
      document,
      number: blocks.length + 1,
      language,
      text: content.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      prose,
      printedBy: isNext && before?.language === 'sh' && OUTPUT.includes(language) ? before : undefined,
    });
    end = match.index + whole.length;
  }
  return blocks;
}

/** As lists of exceptions name it. */
export const nameOf = ({ document, number }: Block): string => `${document} ${number}`;

/**
 * Whether a command printed what a sample shows. `…` is any text, and white space does not matter, as samples are wrapped for readers.
 * With `mayGoOn` there may be more after the sample.
 */
export function isShownBy(sample: string, output: string, { mayGoOn = false } = {}): boolean {
  const [first = '', ...parts] = sample.replaceAll(/\s+/g, '').split('…');
  const printed = output.replaceAll(/\s+/g, '');
  if (!printed.startsWith(first)) return false;
  let position = first.length;
  for (const part of parts) {
    const found = printed.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  const last = parts.at(-1) ?? first;
  return mayGoOn || (parts.length === 0 ? position === printed.length : printed.endsWith(last));
}
