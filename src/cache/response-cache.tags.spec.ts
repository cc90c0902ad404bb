import { OPTIONS, Origin, resource, tenantNamed } from '../../test/support/cache/origin';
import { ManualClock } from '../../test/support/manual-clock';
import { Metrics } from '../observability/metrics/metrics';
import { Secret } from '../secrets/secret';
import { SecretKeys } from '../secrets/secret-keys';
import { composeResponseCache } from './cache.module';
import { NO_DIRECTIVES } from './cache-read';
import { EVERYTHING } from './generations/tenant-changes';
import type { ResponseCache } from './response-cache';

const RESOURCES = ['one', 'two', 'list'];

describe('a write', () => {
  let clock: ManualClock;
  let origin: Origin;
  let cache: ResponseCache;

  beforeEach(async () => {
    clock = new ManualClock();
    origin = new Origin();
    const keys = new SecretKeys(Secret.of('a master key of thirty-two bytes'));
    cache = composeResponseCache({
      options: { ...OPTIONS, memoryBytes: 8 * 1024 * 1024 },
      clock,
      keys,
      metrics: new Metrics(),
    });
    await readAll();
  });

  const read = (key: string) => cache.read(origin.request(clock, resource(key)));
  const readAll = () => Promise.all(RESOURCES.map(read));
  const cached = () => RESOURCES.filter((key) => cache.peek(tenantNamed('acme'), resource(key), NO_DIRECTIVES));

  it('drops what it affects, and nothing else', async () => {
    await cache.beginWrite('acme', ['one', 'list']).complete();
    expect(cached()).toEqual(['two']);
  });

  it('drops what is known to be affected only when it is completed, as a create has no id before', async () => {
    await cache.beginWrite('acme', ['list']).complete(['one']);
    expect(cached()).toEqual(['two']);
  });

  it('prevents only responses that it affects from being stored while it is in flight', async () => {
    const write = cache.beginWrite('acme', ['one', 'list']);
    await cache.purge('acme');
    await readAll();
    expect(cached()).toEqual(['two']);
    await write.complete();
    await readAll();
    expect(cached()).toEqual(RESOURCES);
  });

  it('drops everything while its outcome is unknown, and when it is known', async () => {
    const write = cache.beginWrite('acme', ['one', 'list']);
    await write.invalidate();
    expect(cached()).toEqual([]);
    await readAll();
    expect(cached()).toEqual([]);
    await write.complete();
    await readAll();
    expect(cached()).toEqual(RESOURCES);
  });

  it('does not end another write to the same resource', async () => {
    const writes = [cache.beginWrite('acme', ['one']), cache.beginWrite('acme', ['one'])];
    await writes[0]?.complete();
    await readAll();
    expect(cached()).toEqual(['two', 'list']);
  });

  it('leaves other tenants as they are [N2]', async () => {
    const globex = { ...resource('one'), tenant: 'globex' };
    await cache.read(origin.request(clock, globex));
    await cache.beginWrite('acme', EVERYTHING).complete();
    expect(cache.peek(tenantNamed('globex'), globex, NO_DIRECTIVES)).toBeDefined();
  });

  it('leaves 98 % of the hits where five integrations of 1,000 are written a second', async () => {
    const keys = Array.from({ length: 1_000 }, (_, index) => `i${index}`);
    await Promise.all(keys.map(read));
    let hits = 0;
    for (let second = 0; second < 20; second += 1) {
      for (let write = 0; write < 5; write += 1)
        await cache.beginWrite('acme', [`i${(second * 5 + write) % 1_000}`, 'list']).complete();
      for (let index = 0; index < 500; index += 1) {
        const { cacheStatus } = await read(`i${(second * 500 + index) % 1_000}`);
        if (cacheStatus.startsWith('stagedoor; hit')) hits += 1;
      }
      await clock.advance(1_000);
    }
    expect(hits / 10_000).toBeGreaterThanOrEqual(0.98);
  });
});
