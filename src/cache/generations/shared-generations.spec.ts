import { ManualRegistry } from '../../../test/support/cache/manual-registry';
import { ManualClock } from '../../../test/support/manual-clock';
import { TRUST_MS } from './generations';
import { SharedGenerations } from './shared-generations';
import { EVERYTHING } from './tenant-changes';

/** From this age on the registry is read again. */
const CONFIRMED_AGAIN_MS = 2_501;
const ONE = ['one', 'list'];
const TWO = ['two'];

describe('SharedGenerations', () => {
  let clock: ManualClock;
  let registry: ManualRegistry;
  let generations: SharedGenerations;

  beforeEach(() => {
    clock = new ManualClock();
    registry = new ManualRegistry();
    generations = new SharedGenerations(registry, clock);
  });

  const idOf = async (tenant: string, tags = ONE) => {
    const { id, isTrusted } = await generations.confirmed(tenant, tags);
    expect(isTrusted).toBe(true);
    return id;
  };
  const isTrusted = (tenant: string, tags = ONE) => generations.current(tenant, tags).isTrusted;

  it('trusts an id only after Redis has confirmed it', async () => {
    expect(isTrusted('acme')).toBe(false);
    const id = await idOf('acme');
    expect(generations.current('acme', ONE)).toEqual({ id, isTrusted: true });
  });

  it('trusts a confirmation for 5 s, counted from the start of the read', async () => {
    await idOf('globex');
    registry.isManual = true;
    const confirming = generations.confirmed('acme', ONE);
    await clock.advance(40);
    registry.waiting.pop()?.done();
    await confirming;
    registry.isManual = false;
    await clock.advance(2_460);
    await idOf('globex');
    registry.isManual = true;
    await clock.advance(2_500);
    expect(isTrusted('acme')).toBe(true);
    await clock.advance(1);
    expect(isTrusted('acme')).toBe(false);
  });

  it('confirms a generation in use in the background before its trust ends', async () => {
    const id = await idOf('acme');
    await clock.advance(2_501);
    generations.current('acme', ONE);
    await clock.advance(4_000);
    expect(generations.current('acme', ONE)).toEqual({ id, isTrusted: true });
  });

  it('reads Redis each time while no messages arrive, and discards earlier confirmations when they arrive again', async () => {
    const id = await idOf('acme');
    registry.isListening = false;
    expect(isTrusted('acme')).toBe(false);
    registry.add('acme', ONE);
    await clock.advance(1);
    expect((await generations.confirmed('acme', ONE)).id).not.toBe(id);
    registry.isListening = true;
    registry.listener?.onListening();
    expect(isTrusted('acme')).toBe(false);
  });

  it('trusts the last confirmation for 5 s while Redis is unavailable [N6]', async () => {
    const id = await idOf('acme');
    registry.isAvailable = false;
    registry.isListening = false;
    await clock.advance(5_000);
    expect(generations.current('acme', ONE)).toEqual({ id, isTrusted: true });
    await clock.advance(1);
    expect(generations.current('acme', ONE)).toEqual({ id, isTrusted: false });
  });

  it('replaces what another replica has changed, and nothing else, without a command', async () => {
    const [one, two, globex] = [await idOf('acme'), await idOf('acme', TWO), await idOf('globex')];
    registry.isManual = true;
    registry.listener?.onChange('acme', registry.add('acme', ['one']));
    expect(generations.isCurrent('acme', ONE, one)).toBe(false);
    expect(generations.current('acme', TWO)).toEqual({ id: two, isTrusted: true });
    expect(generations.current('globex', ONE)).toEqual({ id: globex, isTrusted: true });
    registry.listener?.onChange('acme', registry.add('acme', EVERYTHING));
    expect(generations.isCurrent('acme', TWO, two)).toBe(false);
    expect(registry.waiting).toEqual([]);
  });

  it('learns from Redis what a lost message was about', async () => {
    const [one, two] = [await idOf('acme'), await idOf('acme', TWO)];
    registry.add('acme', ['two']);
    await clock.advance(TRUST_MS + 1);
    expect(await idOf('acme')).toBe(one);
    expect(await idOf('acme', TWO)).not.toBe(two);
  });

  it('keeps a change that it learns while it reads Redis', async () => {
    await idOf('acme');
    await clock.advance(TRUST_MS + 1);
    registry.isManual = true;
    const confirming = generations.confirmed('acme', ONE);
    const before = generations.current('acme', ONE).id;
    registry.listener?.onChange('acme', registry.add('acme', ['one']));
    for (const { done } of registry.waiting.splice(0)) done();
    expect((await confirming).id).not.toBe(before);
  });

  it('discards a read that began before the epoch changed, and repeats it once only', async () => {
    registry.isManual = true;
    const confirming = generations.confirmed('acme', ONE);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      registry.listener?.onEpoch(`e${attempt + 2}`);
      for (const { done } of registry.waiting.splice(0)) done();
      await clock.advance(0);
    }
    expect(registry.waiting).toEqual([]);
    expect((await confirming).isTrusted).toBe(false);
  });

  it('reads a tenant with one command in an interval, and no key of all tenants [S-881]', async () => {
    await Promise.all(['acme', 'globex'].map((tenant) => idOf(tenant)));
    const epoch = jest.spyOn(registry, 'epoch').mockRejectedValue(new Error('unavailable'));
    await clock.advance(CONFIRMED_AGAIN_MS);
    registry.isManual = true;
    for (const tenant of ['acme', 'globex', 'acme']) for (const tags of [ONE, TWO]) generations.current(tenant, tags);
    expect(registry.waiting.map(({ what }) => what)).toEqual(['changes', 'changes']);
    for (const { done } of registry.waiting.splice(0)) done();
    await clock.advance(TRUST_MS);
    expect([isTrusted('acme'), epoch.mock.calls.length]).toEqual([true, 0]);
  });

  it('renews at once in this process, before Redis responds, and trusts the rest meanwhile', async () => {
    const [one, two] = [await idOf('acme'), await idOf('acme', TWO)];
    registry.isManual = true;
    const renewing = generations.renew('acme', ['one']);
    expect(generations.current('acme', ONE).isTrusted).toBe(false);
    expect(generations.isCurrent('acme', ONE, one)).toBe(false);
    expect(generations.current('acme', TWO)).toEqual({ id: two, isTrusted: true });
    registry.waiting.pop()?.done();
    await renewing;
    expect(generations.isCurrent('acme', ONE, one)).toBe(false);
    expect(isTrusted('acme')).toBe(true);
  });

  it('does not trust what was written until its change is in Redis, and repeats it', async () => {
    await idOf('acme', TWO);
    registry.isManual = true;
    const renewing = generations.renew('acme', ['one']);
    registry.waiting.pop()?.fail();
    await renewing;
    expect((await generations.confirmed('acme', ONE)).isTrusted).toBe(false);
    expect(isTrusted('acme', TWO)).toBe(true);
    await clock.advance(500);
    expect(registry.waiting.map(({ what }) => what)).toEqual(['record acme']);
    registry.waiting.pop()?.done();
    await clock.advance(0);
    expect(isTrusted('acme')).toBe(true);
  });

  it('does not count the success of one write for another', async () => {
    registry.isManual = true;
    const renewals = [generations.renew('acme', ['one']), generations.renew('acme', ['one'])];
    const [first, second] = registry.waiting.splice(0);
    second?.fail();
    first?.done();
    await Promise.all(renewals);
    registry.isManual = false;
    expect((await generations.confirmed('acme', ONE)).isTrusted).toBe(false);
  });

  it('uses no entry from before a write that is recorded while the mark of an earlier one remains', async () => {
    registry.isManual = true;
    const failing = generations.renew('acme', EVERYTHING);
    registry.waiting.pop()?.fail();
    await failing;
    const { id } = generations.current('acme', ONE);
    const renewing = generations.renew('acme', ['one']);
    registry.waiting.pop()?.done();
    await renewing;
    expect(generations.isCurrent('acme', ONE, id)).toBe(false);
  });

  it('forgets a tenant that is written and never read, so that its changes do not accumulate', async () => {
    const id = await idOf('acme');
    for (let written = 0; written <= 5_000; written += 1)
      registry.listener?.onChange('acme', { id: `d${written}`, affected: [`${written}`] });
    expect(isTrusted('acme')).toBe(false);
    expect(generations.isCurrent('acme', ONE, id)).toBe(false);
  });
});
