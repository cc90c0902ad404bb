import { readFileSync } from 'node:fs';

/** Names and values as `process.env` has them. An empty value counts as none: compose files pass those for unset names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The text of a file in UTF-8; throws when it cannot be read. */
export type ReadFile = (path: string) => string;

export const readTextFile: ReadFile = (path) => readFileSync(path, 'utf8');

/** The text of a file that holds one value, without the newline editors end it with; undefined when unreadable or empty. */
export function valueInFile(readFile: ReadFile, path: string): string | undefined {
  try {
    return readFile(path).replace(/\r?\n$/, '') || undefined;
  } catch {
    return undefined;
  }
}
