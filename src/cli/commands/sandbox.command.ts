import { startSandbox } from '../../sandbox/sandbox';
import { banner, readEnvironment } from '../../sandbox/sandbox-environment';
import { CommandFailure } from '../failure';
import { print } from '../terminal';

const EXIT_FAILED = 1;

/** Runs the sandbox until SIGINT or SIGTERM. */
export async function runSandbox(): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  const { tenants, quirks, ...options } = await started(() => readEnvironment(process.env));
  const sandbox = await started(() => startSandbox({ ...options, quirks, ...(tenants && { tenants }) }));
  await print(banner(sandbox, { demo: tenants === undefined, quirks }));
  await stopped;
  await sandbox.close();
  return 0;
}

async function started<T>(start: () => T | Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'Unknown error';
    throw new CommandFailure(EXIT_FAILED, `The sandbox did not start.\n${reason}`);
  }
}
