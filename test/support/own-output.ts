import { overhear } from './overhear';

const CONSOLE = ['debug', 'dir', 'error', 'info', 'log', 'table', 'trace', 'warn'];

const listeners = new Set<(text: string) => void>();
let endings: readonly (() => void)[] = [];

/**
 * Hears what this process writes to standard output, standard error and the console. Returns what ends it. However many listen, streams
 * and console are overheard once: they outlive a suite, and have to be as they were when nobody listens any more.
 */
export function listenToOwnOutput(hear: (text: string) => void): () => void {
  if (listeners.size === 0) {
    const streams = [process.stdout, process.stderr].map((stream) => overhear(stream, ['write'], tell));
    endings = [...streams, overhear(console, CONSOLE, tell)];
  }
  listeners.add(hear);
  return () => {
    listeners.delete(hear);
    if (listeners.size === 0) for (const end of endings) end();
  };
}

function tell(text: string): void {
  for (const listener of listeners) listener(text);
}
