#!/usr/bin/env node
import '../observability/harden-process';

const args = process.argv.slice(2);

async function main(): Promise<void> {
  // The service listens for signals before anything else is loaded, as one that comes earlier may be lost.
  if (args.join(' ') === 'start') {
    await import('../main.js');
    return;
  }
  const { run } = await import('./program.js');
  process.exitCode = await run(args);
}

void main();
