import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Clock } from '../../clock/clock';
import { MAX_FILE_BYTES } from './tenants-config';

const POLL_EVERY_MS = 500;
/** A file that is still being written may already be valid, with fewer callers than in the end. */
const SETTLE_MS = 100;

/**
 * Calls `onChange` after each change of the content, once the file stops changing; the resolved function ends this. The file is polled
 * by name twice a second, through links: this notices edits in place, renames, the links that Kubernetes swaps, and changes on network
 * file systems, which send no events.
 */
export async function watchContent(path: string, clock: Clock, onChange: () => void): Promise<() => void> {
  const stopped = new AbortController();
  const first = await contentOf(path);
  const watch = async (): Promise<void> => {
    let known = first;
    let seen = '';
    while (!stopped.signal.aborted) {
      await clock.sleep(POLL_EVERY_MS, stopped.signal);
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
  let content = await contentOf(path);
  for (;;) {
    await clock.sleep(SETTLE_MS, signal);
    const next = await contentOf(path);
    if (next === content) return content;
    content = next;
  }
}

/** All that a poll reads while nothing changes. */
async function stateOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = await stat(path);
    return [dev, ino, size, mtimeMs, ctimeMs].join();
  } catch {
    return 'absent';
  }
}

/** A digest; empty while the file cannot be read, and for pipes and devices, which have no content to compare. */
async function contentOf(path: string): Promise<string> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return await digestOf(file).finally(() => file.close());
  } catch {
    return '';
  }
}

async function digestOf(file: FileHandle): Promise<string> {
  const state = await file.stat();
  if (!state.isFile() || state.size > MAX_FILE_BYTES) return '';
  const hash = createHash('sha256');
  const chunks: AsyncIterable<Buffer> = file.createReadStream({ autoClose: false, end: MAX_FILE_BYTES });
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
