import { join } from 'node:path';
import { freePort } from './ports';
import { type ServiceProcess, startProcess } from './service-process';

/**
 * The longest that one tick of the event loop may take, in milliseconds, as all other requests wait meanwhile. Twice as long beside
 * other suites, which share cores and their caches; `npm run test:event-loop` runs alone.
 */
export const TICK_BUDGET_MS = process.env['EVENT_LOOP_REQUESTS'] === undefined ? 100 : 50;

/** Repeated if over the budget, as a compilation or another process on the same core may be the cause. */
const MEASUREMENTS = 5;

const PROBE = join(__dirname, 'event-loop-probe.cjs');

/** The built service as a process, and the longest tick of its event loop. */
export interface MeasuredService {
  readonly url: string;
  readonly service: ServiceProcess;
  /** Milliseconds of the longest tick while `work` ran; the smallest of up to five measurements. */
  longestTickMs(work: () => Promise<unknown>): Promise<number>;
}

export async function startMeasured(env: Readonly<Record<string, string>>): Promise<MeasuredService> {
  const probePort = await freePort();
  const probed = { ...env, NODE_OPTIONS: `--require ${PROBE}`, PROBE_PORT: String(probePort) };
  const service = await startProcess('dist/main.js', probed, { learnsFromHubster: false });
  const url = await service.listens();
  const longest = async () => Number(await (await fetch(`http://127.0.0.1:${probePort}`)).text());
  const measured = async (work: () => Promise<unknown>) => {
    await longest();
    await work();
    return longest();
  };
  return {
    url,
    service,
    longestTickMs: async (work) => {
      let least = await measured(work);
      for (let count = 1; count < MEASUREMENTS && least > TICK_BUDGET_MS; count += 1) {
        least = Math.min(least, await measured(work));
      }
      return least;
    },
  };
}
