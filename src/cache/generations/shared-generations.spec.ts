import { ManualClock } from '../../../test/support/manual-clock';
import { GenerationRegistry, type RegistryListener } from './generation-registry';
import { TRUST_MS } from './generations';
import { SharedGenerations } from './shared-generations';

const [OLD, NEW, NEWER] = ['0000000000000001aaaaaa', '0000000000000002aaaaaa', '0000000000000003aaaaaa'] as const;

/** With `isManual`, each command waits until the test completes it. */
class ManualRegistry extends GenerationRegistry {
  override isAvailable = true;
  override isListening = true;
  listener: RegistryListener | undefined;
  ids: Record<string, string> = { '*': 'e1', acme: 'a1' };
  isManual = false;
  readonly waiting: { readonly what: string; readonly done: () => void; readonly fail: () => void }[] = [];

  override listen(listener: RegistryListener): void {
    this.listener = listener;
  }

  override async idsOf(scopes: readonly string[]): Promise<readonly string[]> {
    const ids = scopes.map((scope) => this.ids[scope] ?? 'new');
    await this.#completion('ids');
    return ids;
  }

  override async replace(scope: string): Promise<string> {
    await this.#completion(`replace ${scope}`);
    return this.ids[scope] ?? 'new';
  }

  async #completion(what: string): Promise<void> {
    const completion = new Promise<void>((resolve, reject) => {
      this.waiting.push({ what, done: resolve, fail: () => reject(new Error('unavailable')) });
    });
    if (!this.isManual) this.waiting.pop()?.done();
    return completion;
  }
}

describe('SharedGenerations', () => {
  let clock: ManualClock;
  let registry: ManualRegistry;
  let generations: SharedGenerations;

  beforeEach(() => {
    clock = new ManualClock();
    registry = new ManualRegistry();
    generations = new SharedGenerations(registry, clock);
  });

  const trusted = (id: string) => ({ id, isTrusted: true });

  it('trusts an id only after Redis has confirmed it', async () => {
    expect(generations.current('acme').isTrusted).toBe(false);
    expect(await generations.confirmed('acme')).toEqual(trusted('e1.a1'));
    expect(generations.current('acme')).toEqual(trusted('e1.a1'));
  });

  it('trusts a confirmation for 5 s, counted from the start of the read', async () => {
    registry.isManual = true;
    const confirming = generations.confirmed('acme');
    await clock.advance(40);
    registry.waiting.pop()?.done();
    await confirming;
    await clock.advance(4_960);
    expect(generations.current('acme').isTrusted).toBe(true);
    await clock.advance(1);
    expect(generations.current('acme').isTrusted).toBe(false);
  });

  it('confirms a generation in use in the background before its trust ends', async () => {
    await generations.confirmed('acme');
    await clock.advance(2_501);
    generations.current('acme');
    await clock.advance(4_000);
    expect(generations.current('acme')).toEqual(trusted('e1.a1'));
  });

  it('reads Redis each time while no messages arrive, and discards earlier confirmations when they arrive again', async () => {
    await generations.confirmed('acme');
    registry.isListening = false;
    expect(generations.current('acme').isTrusted).toBe(false);
    registry.ids['acme'] = 'a2';
    expect(await generations.confirmed('acme')).toEqual(trusted('e1.a2'));
    registry.isListening = true;
    registry.listener?.onListening();
    expect(generations.current('acme').isTrusted).toBe(false);
  });

  it('trusts the last confirmation for 5 s while Redis is unavailable [N6]', async () => {
    await generations.confirmed('acme');
    registry.isAvailable = false;
    registry.isListening = false;
    await clock.advance(5_000);
    expect(generations.current('acme')).toEqual(trusted('e1.a1'));
    await clock.advance(1);
    expect(generations.current('acme')).toEqual({ id: 'e1.a1', isTrusted: false });
  });

  it('forgets a tenant when another replica writes, and all tenants when the epoch changes', async () => {
    await generations.confirmed('acme');
    registry.listener?.onReplaced('globex', '');
    expect(generations.isCurrent('acme', 'e1.a1')).toBe(true);
    registry.listener?.onReplaced('acme', '');
    expect(generations.isCurrent('acme', 'e1.a1')).toBe(false);
    await generations.confirmed('acme');
    registry.listener?.onReplaced('*', '');
    expect(generations.isCurrent('acme', 'e1.a1')).toBe(false);
  });

  it('discards a read that began before a change, and repeats it', async () => {
    registry.isManual = true;
    const confirming = generations.confirmed('acme');
    registry.ids['acme'] = 'a2';
    registry.listener?.onReplaced('acme', '');
    registry.waiting.pop()?.done();
    await clock.advance(0);
    registry.waiting.pop()?.done();
    expect(await confirming).toEqual(trusted('e1.a2'));
  });

  it('reads at most twice when changes never pause', async () => {
    registry.isManual = true;
    const confirming = generations.confirmed('acme');
    for (let attempt = 0; attempt < 2; attempt += 1) {
      registry.listener?.onReplaced('acme', '');
      registry.waiting.pop()?.done();
      await clock.advance(0);
    }
    expect(registry.waiting).toEqual([]);
    expect((await confirming).isTrusted).toBe(false);
  });

  it('renews at once in this process, before Redis responds', async () => {
    await generations.confirmed('acme');
    registry.isManual = true;
    const renewing = generations.renew('acme');
    expect(generations.isCurrent('acme', 'e1.a1')).toBe(false);
    registry.waiting.pop()?.done();
    await renewing;
  });

  it('ignores the id of a tenant in Redis until its renewal has succeeded there, and retries it', async () => {
    registry.isManual = true;
    const renewing = generations.renew('acme');
    registry.waiting.pop()?.fail();
    await renewing;
    expect((await generations.confirmed('acme')).isTrusted).toBe(false);
    await clock.advance(500);
    expect(registry.waiting.map(({ what }) => what)).toEqual(['replace acme']);
    registry.waiting.pop()?.done();
    await clock.advance(0);
    registry.isManual = false;
    expect((await generations.confirmed('acme')).isTrusted).toBe(true);
  });

  it('does not count the success of an earlier renewal for a later one', async () => {
    registry.isManual = true;
    const renewals = [generations.renew('acme'), generations.renew('acme')];
    const [first, second] = registry.waiting.splice(0);
    second?.fail();
    first?.done();
    await Promise.all(renewals);
    expect((await generations.confirmed('acme')).isTrusted).toBe(false);
  });

  it('renews the epoch when Redis is available again, which covers every tenant', async () => {
    await generations.confirmed('acme');
    registry.isAvailable = false;
    registry.isManual = true;
    const renewing = generations.renew('acme');
    registry.waiting.pop()?.fail();
    await renewing;
    registry.isAvailable = true;
    registry.listener?.onReconnected();
    expect(registry.waiting.map(({ what }) => what)).toEqual(['replace *']);
    expect((await generations.confirmed('globex')).isTrusted).toBe(false);
    registry.waiting.pop()?.done();
    registry.isManual = false;
    await clock.advance(500);
    expect((await generations.confirmed('acme')).isTrusted).toBe(true);
  });

  it('renews the epoch when there are too many dirty tenants to mark', async () => {
    registry.isAvailable = false;
    const replaced: string[] = [];
    registry.replace = async (scope) => {
      replaced.push(scope);
      throw new Error('unavailable');
    };
    for (let tenant = 0; tenant <= 10_000; tenant += 1) await generations.renew(`t${tenant}`);
    expect(replaced.at(-1)).toBe('*');
    registry.isAvailable = true;
    expect((await generations.confirmed('untouched')).isTrusted).toBe(false);
  });

  describe('after Redis has lost its newest data', () => {
    it.each([
      ['after a write of this process', async () => void (await generations.renew('acme'))],
      ['after a message about a write of another replica', async () => registry.listener?.onReplaced('acme', NEW)],
      ['after a confirmation', async () => void (await generations.confirmed('acme'))],
    ])('ignores an older generation %s', async (_what, renew) => {
      registry.ids = { '*': 'e1', acme: OLD };
      await generations.confirmed('acme');
      registry.ids['acme'] = NEW;
      await clock.advance(TRUST_MS + 1);
      await renew();
      registry.ids['acme'] = OLD;
      registry.listener?.onReplaced('acme', '');
      expect((await generations.confirmed('acme')).isTrusted).toBe(false);
      expect(generations.isCurrent('acme', `e1.${OLD}`)).toBe(false);
      registry.ids['acme'] = NEWER;
      expect(await generations.confirmed('acme')).toEqual(trusted(`e1.${NEWER}`));
    });

    it('replaces the id by one greater than all seen ones', async () => {
      registry.ids['acme'] = NEW;
      await generations.confirmed('acme');
      registry.ids['acme'] = OLD;
      await clock.advance(TRUST_MS + 1);
      const replace = jest.spyOn(registry, 'replace').mockResolvedValue(NEWER);
      await generations.confirmed('acme');
      expect(replace).toHaveBeenCalledWith('acme', NEW);
    });

    it('ignores an older epoch', async () => {
      registry.ids['*'] = NEW;
      await generations.confirmed('acme');
      registry.ids['*'] = OLD;
      await clock.advance(TRUST_MS + 1);
      expect((await generations.confirmed('acme')).isTrusted).toBe(false);
    });
  });
});
