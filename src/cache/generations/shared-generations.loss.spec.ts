import { ManualRegistry } from '../../../test/support/cache/manual-registry';
import { ManualClock } from '../../../test/support/manual-clock';
import { TRUST_MS } from './generations';
import { SharedGenerations } from './shared-generations';
import { EVERYTHING } from './tenant-changes';

const ONE = ['one', 'list'];

describe('SharedGenerations after Redis has lost its newest data', () => {
  let clock: ManualClock;
  let registry: ManualRegistry;
  let generations: SharedGenerations;

  beforeEach(() => {
    clock = new ManualClock();
    registry = new ManualRegistry();
    generations = new SharedGenerations(registry, clock);
  });

  const idOf = async (tenant: string) => {
    const { id, isTrusted } = await generations.confirmed(tenant, ONE);
    expect(isTrusted).toBe(true);
    return id;
  };
  const lose = (tenant: string) => registry.logs.set(tenant, registry.logs.get(tenant)?.slice(0, -1) ?? []);

  it.each([
    ['after a write of this process', () => generations.renew('acme', ['one'])],
    [
      'after a message about a write of another replica',
      async () => registry.listener?.onChange('acme', registry.add('acme', ['one'])),
    ],
    [
      'after a confirmation',
      async () => {
        registry.add('acme', ['one']);
        await clock.advance(TRUST_MS + 1);
        await idOf('acme');
      },
    ],
  ])('makes everything unusable in all replicas %s', async (_what, write) => {
    const before = await idOf('acme');
    await write();
    lose('acme');
    // A later change of another replica has a greater id.
    registry.add('acme', ['two']);
    await clock.advance(TRUST_MS + 1);
    expect((await generations.confirmed('acme', ONE)).isTrusted).toBe(false);
    expect(registry.recorded.at(-1)?.slice(0, 2)).toEqual(['acme', EVERYTHING]);
    expect(await idOf('acme')).not.toBe(before);
  });

  it('gives the registry what it needs to notice the loss at the next write', async () => {
    await idOf('acme');
    await generations.renew('acme', ['one']);
    const [{ id: head = '' } = {}, { id: greatest = '' } = {}] = registry.logs.get('acme') ?? [];
    await generations.renew('acme', ['two']);
    expect(registry.recorded.at(-1)?.[2]).toMatchObject({ head: { id: head }, greatest });
  });

  it('ignores an older epoch, and replaces it', async () => {
    registry.epochId = 'e5';
    await idOf('acme');
    registry.epochId = 'e4';
    registry.listener?.onListening();
    const replaceEpoch = jest.spyOn(registry, 'replaceEpoch').mockResolvedValue('e6');
    expect((await generations.confirmed('acme', ONE)).isTrusted).toBe(false);
    expect(replaceEpoch).toHaveBeenCalledWith('e5', undefined);
  });

  it('brings its epoch into a record that has an older one', async () => {
    registry.epochId = 'e5';
    const id = await idOf('acme');
    registry.epochs.set('acme', 'e4');
    await clock.advance(TRUST_MS + 1);
    expect(await idOf('acme')).toBe(id);
    expect(registry.epochs.get('acme')).toBe('e5');
  });
});
