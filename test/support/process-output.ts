import { observeCalls } from './observe-calls';

const CONSOLE = ['debug', 'dir', 'error', 'info', 'log', 'table', 'trace', 'warn'];

const listeners = new Set<(text: string) => void>();
let endings: readonly (() => void)[] = [];

/**
 * Passes to `onText` what this process writes to standard output, standard error and the console; the returned function ends this. All
 * listeners share one observer, removed with the last one, as streams and console outlive a suite.
 */
export function observeProcessOutput(onText: (text: string) => void): () => void {
  if (listeners.size === 0) {
    const streams = [process.stdout, process.stderr].map((stream) => observeCalls(stream, ['write'], notify));
    endings = [...streams, observeCalls(console, CONSOLE, notify)];
  }
  listeners.add(onText);
  return () => {
    listeners.delete(onText);
    if (listeners.size === 0) for (const end of endings) end();
  };
}

function notify(text: string): void {
  for (const listener of listeners) listener(text);
}
