import { createHash } from 'node:crypto';
import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../clock/clock';

const LOOK_EVERY_MS = 500;
/** A file that somebody is still writing may already be valid, with fewer callers than it will have. */
const SETTLE_MS = 100;

/**
 * Calls `onChange` when the content of the file has changed and come to rest; the returned function ends that. It looks at
 * the file by its name twice a second, links followed: that sees edits in place, renames, the links Kubernetes swaps, and
 * network file systems that announce nothing.
 */
export function watchContent(path: string, clock: Clock, onChange: () => void): () => void {
  let known = contentOf(path);
  let isSettling = false;
  const look = async (): Promise<void> => {
    if (isSettling) return;
    isSettling = true;
    const content = await settled(path, clock);
    isSettling = false;
    const before = await known;
    known = Promise.resolve(content);
    if (content !== before) onChange();
  };
  const listener = () => void look();
  watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, listener);
  return () => unwatchFile(path, listener);
}

async function settled(path: string, clock: Clock): Promise<string> {
  let content = await contentOf(path);
  for (;;) {
    await clock.sleep(SETTLE_MS);
    const next = await contentOf(path);
    if (next === content) return content;
    content = next;
  }
}

/** A digest, as nobody needs to keep the file; empty while it cannot be read. */
async function contentOf(path: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch {
    return '';
  }
}
