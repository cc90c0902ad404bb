import { ManualRegistry } from '../../../test/support/cache/manual-registry';
import { ManualClock } from '../../../test/support/manual-clock';
import { SharedGenerations } from './shared-generations';

/** From this age on the registry is read again. */
const CONFIRMED_AGAIN_MS = 2_501;
const ONE = ['one', 'list'];

describe('the epoch of SharedGenerations', () => {
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

  it('forgets all tenants when the epoch changes', async () => {
    const id = await idOf('acme');
    registry.epochId = 'e2';
    registry.listener?.onEpoch('e2');
    expect(generations.isCurrent('acme', ONE, id)).toBe(false);
    expect(await idOf('acme')).not.toBe(id);
  });

  it('reads the epoch again once messages may have been lost, and trusts nothing without it', async () => {
    const id = await idOf('acme');
    const epoch = jest.spyOn(registry, 'epoch').mockRejectedValueOnce(new Error('unavailable'));
    registry.listener?.onListening();
    expect((await generations.confirmed('acme', ONE)).isTrusted).toBe(false);
    expect(await idOf('acme')).toBe(id);
    expect(await idOf('globex')).not.toBe('');
    expect(epoch).toHaveBeenCalledTimes(2);
  });

  it('learns a newer epoch from the record of a tenant, and then trusts no other tenant of before [S-881]', async () => {
    const [acme, globex] = [await idOf('acme'), await idOf('globex')];
    registry.epochs.set('acme', 'e7');
    await clock.advance(CONFIRMED_AGAIN_MS);
    expect(isTrusted('acme')).toBe(true);
    await clock.advance(0);
    expect(generations.isCurrent('acme', ONE, acme)).toBe(false);
    expect([isTrusted('globex'), generations.isCurrent('globex', ONE, globex)]).toEqual([false, false]);
    await idOf('globex');
    expect(registry.epochs.get('globex')).toBe('e7');
  });

  it('renews the epoch when Redis is available again, and then records each write', async () => {
    await idOf('acme');
    registry.isAvailable = false;
    registry.isManual = true;
    const renewing = generations.renew('acme', ['one']);
    registry.waiting.pop()?.fail();
    await renewing;
    registry.isAvailable = true;
    registry.listener?.onReconnected(true);
    expect(registry.waiting.map(({ what }) => what)).toEqual(['replace epoch']);
    expect((await generations.confirmed('globex', ONE)).isTrusted).toBe(false);
    registry.isManual = false;
    registry.waiting.pop()?.done();
    await clock.advance(500);
    await idOf('acme');
  });

  it('renews the epoch when there are too many writes to remember', async () => {
    registry.isAvailable = false;
    const replaceEpoch = jest.spyOn(registry, 'replaceEpoch').mockRejectedValue(new Error('unavailable'));
    registry.record = async () => {
      throw new Error('unavailable');
    };
    for (let tenant = 0; tenant < 10_000; tenant += 1) await generations.renew(`t${tenant}`, ['one']);
    expect(replaceEpoch).not.toHaveBeenCalled();
    await generations.renew('last', ['one']);
    expect(replaceEpoch).toHaveBeenCalled();
    registry.isAvailable = true;
    expect((await generations.confirmed('untouched', ONE)).isTrusted).toBe(false);
  });
});
