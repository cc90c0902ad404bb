import { ManualClock } from '../../../test/support/manual-clock';
import { GenerationRegistry, type RegistryListener } from './generation-registry';
import { TRUST_MS } from './generations';
import { SharedGenerations } from './shared-generations';

const [OLD, NEW, NEWER] = ['0000000000000001aaaaaa', '0000000000000002aaaaaa', '0000000000000003aaaaaa'] as const;

/** Answers when it is told to. */
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
    await this.#turn('ids');
    return ids;
  }

  override async drop(scope: string): Promise<string> {
    await this.#turn(`drop ${scope}`);
    return this.ids[scope] ?? 'new';
  }

  async #turn(what: string): Promise<void> {
    const turn = new Promise<void>((resolve, reject) => {
      this.waiting.push({ what, done: resolve, fail: () => reject(new Error('away')) });
    });
    if (!this.isManual) this.waiting.pop()?.done();
    return turn;
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

  it('trusts nothing before Redis has confirmed it', async () => {
    expect(generations.current('acme').isTrusted).toBe(false);
    expect(await generations.confirmed('acme')).toEqual(trusted('e1.a1'));
    expect(generations.current('acme')).toEqual(trusted('e1.a1'));
  });

  it('trusts a confirmation for 5 s, counted from the question', async () => {
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

  it('confirms what is used again before that, behind the scenes', async () => {
    await generations.confirmed('acme');
    await clock.advance(2_501);
    generations.current('acme');
    await clock.advance(4_000);
    expect(generations.current('acme')).toEqual(trusted('e1.a1'));
  });

  it('asks each time while the bus is deaf, and believes nothing from before it hears again', async () => {
    await generations.confirmed('acme');
    registry.isListening = false;
    expect(generations.current('acme').isTrusted).toBe(false);
    registry.ids['acme'] = 'a2';
    expect(await generations.confirmed('acme')).toEqual(trusted('e1.a2'));
    registry.isListening = true;
    registry.listener?.onListening();
    expect(generations.current('acme').isTrusted).toBe(false);
  });

  it('goes by the last confirmation for 5 s while Redis is away [N6]', async () => {
    await generations.confirmed('acme');
    registry.isAvailable = false;
    registry.isListening = false;
    await clock.advance(5_000);
    expect(generations.current('acme')).toEqual(trusted('e1.a1'));
    await clock.advance(1);
    expect(generations.current('acme')).toEqual({ id: 'e1.a1', isTrusted: false });
  });

  it('forgets a tenant when another replica writes, and everyone when the epoch changes', async () => {
    await generations.confirmed('acme');
    registry.listener?.onDropped('globex', '');
    expect(generations.isCurrent('acme', 'e1.a1')).toBe(true);
    registry.listener?.onDropped('acme', '');
    expect(generations.isCurrent('acme', 'e1.a1')).toBe(false);
    await generations.confirmed('acme');
    registry.listener?.onDropped('*', '');
    expect(generations.isCurrent('acme', 'e1.a1')).toBe(false);
  });

  it('takes no answer to a question that was asked before something changed', async () => {
    registry.isManual = true;
    const confirming = generations.confirmed('acme');
    registry.ids['acme'] = 'a2';
    registry.listener?.onDropped('acme', '');
    registry.waiting.pop()?.done();
    await clock.advance(0);
    registry.waiting.pop()?.done();
    expect(await confirming).toEqual(trusted('e1.a2'));
  });

  it('asks no third time when things change all the time', async () => {
    registry.isManual = true;
    const confirming = generations.confirmed('acme');
    for (let question = 0; question < 2; question += 1) {
      registry.listener?.onDropped('acme', '');
      registry.waiting.pop()?.done();
      await clock.advance(0);
    }
    expect(registry.waiting).toEqual([]);
    expect((await confirming).isTrusted).toBe(false);
  });

  it('renews at once in this process, before Redis knows', async () => {
    await generations.confirmed('acme');
    registry.isManual = true;
    const renewing = generations.renew('acme');
    expect(generations.isCurrent('acme', 'e1.a1')).toBe(false);
    registry.waiting.pop()?.done();
    await renewing;
  });

  it('does not take Redis’s word for a tenant until Redis knows of its renewal, and tells it again', async () => {
    registry.isManual = true;
    const renewing = generations.renew('acme');
    registry.waiting.pop()?.fail();
    await renewing;
    expect((await generations.confirmed('acme')).isTrusted).toBe(false);
    await clock.advance(500);
    expect(registry.waiting.map(({ what }) => what)).toEqual(['drop acme']);
    registry.waiting.pop()?.done();
    await clock.advance(0);
    registry.isManual = false;
    expect((await generations.confirmed('acme')).isTrusted).toBe(true);
  });

  it('does not take the success of an earlier renewal for that of a later one', async () => {
    registry.isManual = true;
    const renewals = [generations.renew('acme'), generations.renew('acme')];
    const [first, second] = registry.waiting.splice(0);
    second?.fail();
    first?.done();
    await Promise.all(renewals);
    expect((await generations.confirmed('acme')).isTrusted).toBe(false);
  });

  it('renews the epoch first when Redis comes back, and then owes no tenant a renewal', async () => {
    await generations.confirmed('acme');
    registry.isAvailable = false;
    registry.isManual = true;
    const renewing = generations.renew('acme');
    registry.waiting.pop()?.fail();
    await renewing;
    registry.isAvailable = true;
    registry.listener?.onReconnected();
    expect(registry.waiting.map(({ what }) => what)).toEqual(['drop *']);
    expect((await generations.confirmed('globex')).isTrusted).toBe(false);
    registry.waiting.pop()?.done();
    registry.isManual = false;
    await clock.advance(500);
    expect((await generations.confirmed('acme')).isTrusted).toBe(true);
  });

  it('marks the epoch where more tenants are dirty than it keeps marks of', async () => {
    registry.isAvailable = false;
    const drop = jest.spyOn(registry, 'drop').mockRejectedValue(new Error('away'));
    for (let tenant = 0; tenant <= 10_000; tenant += 1) await generations.renew(`t${tenant}`);
    expect(drop).toHaveBeenLastCalledWith('*', undefined);
    registry.isAvailable = true;
    expect((await generations.confirmed('untouched')).isTrusted).toBe(false);
  });

  describe('a Redis that goes back in time', () => {
    it.each([
      ['of a write of this process', async () => void (await generations.renew('acme'))],
      ['of a write that another replica has told of', async () => registry.listener?.onDropped('acme', NEW)],
      ['that a confirmation has replaced', async () => void (await generations.confirmed('acme'))],
    ])('is not believed about a generation from before: %s', async (_what, replace) => {
      registry.ids = { '*': 'e1', acme: OLD };
      await generations.confirmed('acme');
      registry.ids['acme'] = NEW;
      await clock.advance(TRUST_MS + 1);
      await replace();
      registry.ids['acme'] = OLD;
      registry.listener?.onDropped('acme', '');
      expect((await generations.confirmed('acme')).isTrusted).toBe(false);
      expect(generations.isCurrent('acme', `e1.${OLD}`)).toBe(false);
      registry.ids['acme'] = NEWER;
      expect(await generations.confirmed('acme')).toEqual(trusted(`e1.${NEWER}`));
    });

    it('is told a new generation, greater than all that were seen', async () => {
      registry.ids['acme'] = NEW;
      await generations.confirmed('acme');
      registry.ids['acme'] = OLD;
      await clock.advance(TRUST_MS + 1);
      const drop = jest.spyOn(registry, 'drop').mockResolvedValue(NEWER);
      await generations.confirmed('acme');
      expect(drop).toHaveBeenCalledWith('acme', NEW);
    });

    it('is not believed about the epoch either', async () => {
      registry.ids['*'] = NEW;
      await generations.confirmed('acme');
      registry.ids['*'] = OLD;
      await clock.advance(TRUST_MS + 1);
      expect((await generations.confirmed('acme')).isTrusted).toBe(false);
    });
  });
});
