import fc from 'fast-check';
import { World } from './testing/simulation';

/** Random interleavings tried; more with, say, `COHERENCE_RUNS=10000`. */
const RUNS = Number(process.env['COHERENCE_RUNS'] ?? 1_000);

const event = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('read' as const), at: fc.nat(1), revalidate: fc.constant(false) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('read' as const), at: fc.nat(1), revalidate: fc.constant(true) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('write' as const), at: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('toggle' as const), at: fc.nat(1) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('elapse' as const), ms: fc.constantFrom(100, 3_000, 6_000, 40_000) }),
  },
);

type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

describe('coherence of two replicas', () => {
  it('N4: no replica answers older than a write it has answered, whatever Redis, network and timing do', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(event, { minLength: 2, maxLength: 15 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
        async (scheduler, events, chances) => {
          const world = new World({ scheduler, loses: () => chances.next().value === 0 });
          const replicas = [world.addReplica(), world.addReplica()];
          const stale: { version: number; atLeast: number }[] = [];

          async function happen(what: Event): Promise<void> {
            if (what.kind === 'elapse') return world.clock.elapse(what.ms);
            const replica = replicas[what.at];
            if (what.kind === 'write') return replica?.write();
            if (what.kind === 'toggle') return replica?.toggle();
            const seen = await replica?.read(what.revalidate);
            if (seen && seen.version < seen.atLeast) stale.push(seen);
          }

          const happened = events.map((what) => scheduler.schedule(Promise.resolve(what), what.kind).then(happen));
          await scheduler.waitFor(Promise.all(happened));
          await scheduler.waitAll();
          expect(stale).toEqual([]);
        },
      ),
      { numRuns: RUNS },
    );
  }, 120_000);
});
