import fc from 'fast-check';
import { RESOURCES, type Replica, type Resource, SimulatedFleet } from '../../test/support/cache/simulation';
import { TRUST_MS } from './generations/generations';

/** Number of random interleavings; `COHERENCE_RUNS=10000` runs more. */
const RUNS = Number(process.env['COHERENCE_RUNS'] ?? 100);

type Step =
  | { readonly kind: 'read'; readonly isRevalidation: boolean; readonly resource: Resource }
  | { readonly kind: 'write'; readonly isAmbiguous: boolean; readonly resource: 'one' | 'two' }
  | { readonly kind: 'toggle' }
  | { readonly kind: 'reconnect' }
  | { readonly kind: 'replicate' }
  | { readonly kind: 'fail over' }
  | { readonly kind: 'elapse'; readonly ms: number };

const oneIn = (n: number) => fc.nat(n - 1).map((value) => value === 0);
const resource = fc.constantFrom(...RESOURCES);
const integration = fc.constantFrom('one' as const, 'two' as const);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record({ kind: fc.constant('read' as const), isRevalidation: oneIn(7), resource }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('write' as const), isAmbiguous: oneIn(3), resource: integration }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'toggle' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reconnect' as const }) },
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
            if (what.kind === 'reconnect') return replica.reconnect();
            if (what.kind === 'replicate') return fleet.replicate();
            if (what.kind === 'fail over') return fleet.failOver();
            if (what.kind === 'write') return replica.write(what.resource, what.isAmbiguous);
            const { version, atLeast, isWronglyCached } = await replica.read(what.resource, what.isRevalidation);
            if (version < atLeast) stale.push(`${what.resource} ${version} after ${atLeast} was completed`);
            if (isWronglyCached)
              stale.push(`${what.resource} ${version} from the cache while the outcome of the own write was unknown`);
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
          for (const replica of [main, other]) await scheduler.waitFor(replica.read('one', false));
          await scheduler.waitAll();
          fleet.clock.elapse(TRUST_MS + 1);
          for (const read of RESOURCES) {
            const newest = Math.max(main.completed[read], other.completed[read]);
            for (const replica of [main, other]) {
              const { version } = await scheduler.waitFor(replica.read(read, false));
              if (version < newest) stale.push(`${read} ${version} after ${newest}, with all connections up`);
            }
          }
          expect(stale).toEqual([]);
        }),
        { numRuns: RUNS },
      );
    },
    30_000 + 90 * RUNS,
  );
});
