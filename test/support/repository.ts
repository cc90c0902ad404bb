import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');

/** Files that git tracks or would add, as paths from the root. `safe.directory`: in a container another user may own the directory. */
export function filesOfRepository(): readonly string[] {
  const args = ['-c', `safe.directory=${ROOT}`, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\0');
  return listed.filter((file) => file !== '' && existsSync(join(ROOT, file)));
}

export const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** The cells of the rows of each Markdown table whose first header cell is `first`. */
export function rowsOfTable(markdown: string, first: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let isIn = false;
  for (const line of markdown.split('\n')) {
    if (!line.startsWith('|')) isIn = false;
    else if (cellsOf(line)[0] === first) isIn = true;
    else if (isIn && !/^\|[\s|:-]+$/.test(line)) rows.push(cellsOf(line));
  }
  return rows;
}

function cellsOf(row: string): string[] {
  return row
    .trim()
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}
