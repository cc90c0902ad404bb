import { RedisServer } from '../../../test/support/redis-server';
import type { RegistryListener } from './generation-registry';
import { RedisGenerationRegistry } from './redis-generation-registry';
import { EVERYTHING, type TagChange } from './tenant-changes';

const EPOCH = '0000000000000001aaaaaa';
const NOTHING = { head: undefined, greatest: undefined };

describe('RedisGenerationRegistry', () => {
  let server: RedisServer;
  let registry: RedisGenerationRegistry;

  beforeEach(async () => {
    server = await RedisServer.start();
    registry = new RedisGenerationRegistry(await server.connect());
  });
  afterEach(() => server.close());

  const changesOf = async (after?: TagChange) => (await registry.changesOf('acme', after, EPOCH)).changes;

  it('begins with a change of everything, which all readers see', async () => {
    const [first, second] = [await changesOf(), await changesOf()];
    expect(first).toEqual([{ id: expect.stringMatching(/^\d{16}[\w-]{6}$/), affected: EVERYTHING }]);
    expect(second).toEqual(first);
  });

  it('returns what was recorded after a change, in order, with increasing ids', async () => {
    const [head] = await changesOf();
    const known = { head, greatest: head?.id };
    const recorded = [
      await registry.record('acme', ['one', 'list'], known),
      await registry.record('acme', ['two', 'list'], known),
    ];
    expect(recorded.map(({ affected }) => affected)).toEqual([
      ['one', 'list'],
      ['two', 'list'],
    ]);
    const log = await registry.changesOf('acme', head, EPOCH);
    expect(log).toEqual({ epoch: EPOCH, oldest: head?.id, newest: recorded[1], changes: recorded, hasAfter: true });
    expect([...recorded].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(recorded);
    expect(await registry.changesOf('acme', recorded[1], EPOCH)).toMatchObject({ changes: [], newest: recorded[1] });
  });

  it('keeps the last thousand changes', async () => {
    const [head] = await changesOf();
    for (let index = 0; index < 1_010; index += 1)
      await registry.record('acme', [`i${index}`], { head: undefined, greatest: head?.id });
    const { changes, oldest, hasAfter } = await registry.changesOf('acme', head, EPOCH);
    expect([changes.length, changes[0]?.id, hasAfter]).toEqual([1_000, oldest, false]);
    expect(changes.at(-1)?.affected).toEqual(['i1009']);
  });

  it('records a change of everything where the log lacks what the writer knows', async () => {
    const [head] = await changesOf();
    const later = await registry.record('acme', ['one'], { head, greatest: head?.id });
    await server.send('DEL stagedoor:{acme}:changes');
    await changesOf();
    const change = await registry.record('acme', ['two'], { head: later, greatest: later.id });
    expect(change.affected).toBe(EVERYTHING);
    expect(change.id > later.id).toBe(true);
    expect(await changesOf()).toEqual([change]);
  });

  it('gives an id greater than one that the writer has seen, even from the future', async () => {
    const greatest = '9000000000000000aaaaaa';
    const { id } = await registry.record('acme', ['one'], { head: undefined, greatest });
    expect(id.slice(0, 16)).toBe('9000000000000001');
    expect((await registry.replaceEpoch(greatest)).slice(0, 16)).toBe('9000000000000001');
  });

  it('creates the epoch once, and replaces it by a greater one', async () => {
    const id = await registry.epoch();
    expect(await registry.epoch()).toBe(id);
    const next = await registry.replaceEpoch(id);
    expect(next > id).toBe(true);
    expect(await registry.epoch()).toBe(next);
  });

  it('records the greatest epoch of those who read a tenant, each tenant in a slot of its own [S-881]', async () => {
    const [older, newer] = ['0000000000000002zzzzzz', '0000000000000003aaaaaa'];
    const epochOf = async (tenant: string, epoch: string) => (await registry.changesOf(tenant, undefined, epoch)).epoch;
    expect(await epochOf('acme', newer)).toBe(newer);
    expect(await epochOf('acme', older)).toBe(newer);
    expect(await epochOf('globex', older)).toBe(older);
    expect(await server.send('GET stagedoor:{acme}:epoch')).toContain(newer);
    expect(await server.send('EXISTS stagedoor:epoch')).toBe(':0\r\n');
  });

  it('reads no epoch that is not one', async () => {
    await server.send('SET stagedoor:{acme}:epoch 9999999999999999');
    expect((await registry.changesOf('acme', undefined, EPOCH)).epoch).toBe(EPOCH);
  });

  it('notifies other replicas, and not itself, of changes and epochs', async () => {
    const heard: unknown[] = [];
    const listen = (to: RedisGenerationRegistry, own: boolean): Promise<void> =>
      new Promise((resolve) => {
        const listener: RegistryListener = {
          onEpoch: (id) => heard.push(own ? 'own' : id),
          onChange: (tenant, change) => heard.push(own ? 'own' : [tenant, change]),
          onInterrupted: () => undefined,
          onReconnected: () => undefined,
          onListening: resolve,
        };
        to.listen(listener);
      });
    const other = new RedisGenerationRegistry(await server.connect());
    await Promise.all([listen(registry, true), listen(other, false)]);
    const change = await registry.record('acme', ['one'], NOTHING);
    const epoch = await registry.replaceEpoch(undefined);
    while (heard.length < 2) await new Promise(setImmediate);
    expect(heard).toEqual([['acme', change], epoch]);
  });

  it('records and replaces in a full Redis', async () => {
    const [head] = await changesOf();
    await server.send('CONFIG SET maxmemory 1');
    expect((await registry.record('acme', ['one'], { head, greatest: head?.id })).affected).toEqual(['one']);
    expect(await registry.replaceEpoch(undefined)).toMatch(/^\d{16}/);
    const epoch = '9000000000000000aaaaaa';
    expect((await registry.changesOf('acme', head, epoch)).epoch).toBe(epoch);
  });
});
