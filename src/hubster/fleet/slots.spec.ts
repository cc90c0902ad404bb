import { ManualClock } from '../../../test/support/manual-clock';
import { LeasedSlots, type SlotLease } from './slots';

const MAX = 10;

describe('LeasedSlots', () => {
  let clock: ManualClock;
  let isAway: boolean;
  /** Slots that each replica holds, as Redis knows them: first come, first served. */
  let held: Map<string, number>;
  let leases: number;

  beforeEach(() => {
    clock = new ManualClock();
    isAway = false;
    held = new Map();
    leases = 0;
  });

  const leaseOf =
    (replica: string): SlotLease =>
    async (least, wanted) => {
      leases += 1;
      await clock.sleep(1);
      if (isAway) throw new Error('away');
      const others = [...held].reduce((sum, [name, count]) => sum + (name === replica ? 0 : count), 0);
      const granted = Math.max(0, Math.min(wanted, MAX - others));
      held.set(replica, Math.max(least, granted));
      return { granted, others };
    };

  const slotsOf = (replica: string) => new LeasedSlots(MAX, clock, leaseOf(replica), () => undefined);

  it('has none before the first lease, then those that are wanted', async () => {
    const slots = slotsOf('one');
    slots.update(0, 3);
    expect(slots.allowed).toBe(0);
    await clock.advance(1);
    expect(slots.allowed).toBe(3);
    slots.update(3, 40);
    await clock.advance(1);
    expect(slots.allowed).toBe(MAX);
  });

  it('keeps the slots of calls that follow each other, and gives them back soon after the last', async () => {
    const slots = slotsOf('one');
    slots.update(0, 2);
    await clock.advance(1);
    for (let call = 0; call < 9; call += 1) {
      slots.update(1, 1);
      slots.update(0, 0);
      await clock.advance(10);
    }
    expect(leases).toBe(1);
    await clock.advance(1000);
    expect(held.get('one')).toBe(0);
    expect(slots.isIdle).toBe(true);
    expect(clock.sleeping).toEqual([]);
  });

  it('takes the slots that another gives back within 125 ms', async () => {
    const [one, other] = [slotsOf('one'), slotsOf('other')];
    one.update(0, MAX);
    await clock.advance(1);
    one.update(MAX, MAX);
    other.update(0, 4);
    await clock.advance(200);
    expect([other.allowed, other.reachable, other.others]).toEqual([0, 0, MAX]);
    one.update(6, 6);
    await clock.advance(130);
    expect(other.allowed).toBe(4);
  });

  it('starts no call on a slot that a lease under way may give back', async () => {
    const slots = slotsOf('one');
    slots.update(0, 5);
    await clock.advance(1);
    slots.update(2, 2);
    await clock.advance(100);
    expect(slots.allowed).toBe(2);
    await clock.advance(1);
    expect(held.get('one')).toBe(2);
  });

  it('has the whole limit while Redis is away, and leases again when it is back [N6]', async () => {
    isAway = true;
    const slots = slotsOf('one');
    slots.update(0, 1);
    await clock.advance(1);
    expect(slots.allowed).toBe(MAX);
    slots.update(3, 3);
    isAway = false;
    await clock.advance(101);
    expect([slots.allowed, held.get('one')]).toEqual([3, 3]);
  });

  it('leases nothing while it is idle, and again with the next call', async () => {
    isAway = true;
    const slots = slotsOf('one');
    slots.update(0, 1);
    await clock.advance(1);
    slots.update(0, 0);
    await clock.advance(1000);
    expect([slots.isIdle, clock.sleeping]).toEqual([true, []]);
    isAway = false;
    slots.update(1, 1);
    await clock.advance(1);
    expect(slots.allowed).toBe(1);
  });
});
