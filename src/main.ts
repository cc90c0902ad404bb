import './observability/harden-process';
import { RememberedSignal, StopSignals } from './api/operations/signals';
import { limitHeapGrowth } from './cache/stores/memory-cache-store';
import { standardError } from './observability/log/bounded-output';
import type { Service } from './service';

/** How long an interrupted start may still take, in milliseconds. */
const START_ENDS_WITHIN_MS = 10_000;

let service: Service | undefined;
const signals = new StopSignals(async () => service?.saveTrail());
const reload = new RememberedSignal('SIGHUP');
const level = new RememberedSignal('SIGUSR2');
limitHeapGrowth();
// Opened now, so that the report that Node writes in a crash does not wait for a reader either.
standardError();

async function main(): Promise<void> {
  void signals.received.then(() => {
    setTimeout(() => process.exit(1), service?.stopsWithinMs ?? START_ENDS_WITHIN_MS).unref();
  });
  const [{ readConfiguration }, { SCOPES }] = await Promise.all([
    import('./config/read-configuration.js'),
    import('./context/caller.js'),
  ]);
  const configuration = readConfiguration(process.env, SCOPES);
  // Loading the service takes a second or two, in which a signal must not be missed. A worker reads the tenants file meanwhile.
  const { startService } = await import('./service.js');
  service = await startService(configuration, { stop: signals.first, reload, level });
  await signals.received;
  await service.stop();
  process.exit(0);
}

main().catch((error: unknown) => {
  standardError().write(`${error instanceof Error ? error.message : 'Stagedoor could not start.'}\n`);
  process.exit(1);
});
