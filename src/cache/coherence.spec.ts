import fc from 'fast-check';
import { type Replica, SimulatedFleet } from '../../test/support/cache/simulation';
import { TRUST_MS } from './generations/generations';

/** Number of random interleavings; `COHERENCE_RUNS=10000` runs more. */
const RUNS = Number(process.env['COHERENCE_RUNS'] ?? 100);

type Step =
  | { readonly kind: 'read' | 'revalidate' | 'write' | 'ambiguous write' | 'toggle' | 'replicate' | 'fail over' }
  | { readonly kind: 'elapse'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: 'read' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'revalidate' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'write' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'ambiguous write' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'toggle' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'replicate' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'fail over' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('elapse' as const), ms: fc.constantFrom(100, 3_000, 6_000, 40_000) }),
  },
);

/** All clients run at the same time, each its steps in order; the first two use the same replica. */
const clients = fc.array(fc.array(step, { maxLength: 7 }), { minLength: 2, maxLength: 4 });

describe('two replicas', () => {
  it(
    'never return a version older than a write they have completed, under any timing and failure of Redis or network [N4]',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), clients, fc.infiniteStream(fc.nat(4)), async (scheduler, clients, chances) => {
          const fleet = new SimulatedFleet({ scheduler, loses: () => chances.next().value === 0 });
          const [main, other] = [fleet.addReplica(), fleet.addReplica()];
          const stale: string[] = [];

          async function execute(what: Step, replica: Replica): Promise<void> {
            if (what.kind === 'elapse') return fleet.clock.elapse(what.ms);
            if (what.kind === 'toggle') return replica.toggle();
            if (what.kind === 'replicate') return fleet.replicate();
            if (what.kind === 'fail over') return fleet.failOver();
            if (what.kind === 'write' || what.kind === 'ambiguous write')
              return replica.write(what.kind === 'ambiguous write');
            const { version, atLeast, isWronglyCached } = await replica.read(what.kind === 'revalidate');
            if (version < atLeast) stale.push(`${version} after ${atLeast} was completed`);
            if (isWronglyCached) stale.push(`${version} from the cache while the outcome of the own write was unknown`);
          }

          async function run(steps: readonly Step[], replica: Replica): Promise<void> {
            for (const what of steps) {
              await fleet.step(what.kind);
              await execute(what, replica);
            }
          }

          await scheduler.waitFor(Promise.all(clients.map((steps, index) => run(steps, index < 2 ? main : other))));
          await scheduler.waitAll();
          // No replica returns a version that was replaced while it was disconnected, or whose message was lost.
          for (const replica of [main, other]) if (!replica.isConnected) replica.toggle();
          await scheduler.waitAll();
          // After a fail-over, replicas with newer ids replace the older ones in Redis at their next read.
          fleet.clock.elapse(TRUST_MS + 1);
          for (const replica of [main, other]) await scheduler.waitFor(replica.read(false));
          await scheduler.waitAll();
          fleet.clock.elapse(TRUST_MS + 1);
          const newest = Math.max(main.completed, other.completed);
          for (const replica of [main, other]) {
            const { version } = await scheduler.waitFor(replica.read(false));
            if (version < newest) stale.push(`${version} after ${newest} was completed, with all connections up`);
          }
          expect(stale).toEqual([]);
        }),
        { numRuns: RUNS },
      );
    },
    30_000 + 90 * RUNS,
  );
});
