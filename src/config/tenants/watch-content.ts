import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Clock } from '../../clock/clock';
import { MAX_FILE_BYTES } from './load-tenants';

const LOOK_EVERY_MS = 500;
/** A file that somebody is still writing may already be valid, with fewer callers than it will have. */
const SETTLE_MS = 100;

/**
 * Calls `onChange` when the content of the file has changed and come to rest; the returned function ends that. It looks at
 * the file by its name twice a second, links followed: that sees edits in location, renames, the links Kubernetes swaps, and
 * network file systems, which announce nothing.
 */
export function watchContent(path: string, clock: Clock, onChange: () => void): () => void {
  const stopped = new AbortController();
  const watch = async (): Promise<void> => {
    let known = contentOf(path);
    let seen = '';
    while (!stopped.signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, stopped.signal);
      const state = await stateOf(path);
      if (state === seen) continue;
      seen = state;
      const content = await settled(path, clock, stopped.signal);
      if (content !== known) onChange();
      known = content;
    }
  };
  watch().catch(() => undefined);
  return () => stopped.abort();
}

async function settled(path: string, clock: Clock, signal: AbortSignal): Promise<string> {
  let content = contentOf(path);
  for (;;) {
    await clock.sleep(SETTLE_MS, signal);
    const next = contentOf(path);
    if (next === content) return content;
    content = next;
  }
}

/** What a look costs while nothing changes. */
async function stateOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = await stat(path);
    return [dev, ino, size, mtimeMs, ctimeMs].join();
  } catch {
    return 'absent';
  }
}

/** A digest, as nobody needs to keep the file; empty while it cannot be read, and for pipes and devices, which have no content to compare. */
function contentOf(path: string): string {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const state = fstatSync(fd);
      const isText = state.isFile() && state.size <= MAX_FILE_BYTES;
      return isText ? createHash('sha256').update(readFileSync(fd)).digest('hex') : '';
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}
