import { ManualClock } from '../../test/support/manual-clock';
import { Secret } from '../secrets/secret';
import { MemoryRetiredKeys } from './memory-retired-keys';

const MAX = { inAll: 10, ofTenant: 4 };
const placeOf = (tenant: string, name: string) => ({ tenant, integrationId: 'i1', name });
const keyOf = (text: string) => ({ hubId: 'h1', privateKey: Secret.of(text) });

describe('MemoryRetiredKeys', () => {
  let clock: ManualClock;
  let keys: MemoryRetiredKeys;

  beforeEach(() => {
    clock = new ManualClock();
    keys = new MemoryRetiredKeys(clock, MAX);
  });

  const keep = (tenant: string, name: string, text = name) => keys.keep(placeOf(tenant, name), keyOf(text));
  const knows = async (tenant: string, names: readonly string[]) => {
    const found = await Promise.all(names.map((name) => keys.find(placeOf(tenant, name))));
    return found.map((key) => key?.privateKey.reveal());
  };

  it('N2: of a tenant that retires many the oldest go, and nothing of others', async () => {
    await keep('globex', 'other');
    for (const name of ['1', '2', '3', '4', '5', '6']) await keep('acme', name);
    expect(await knows('acme', ['1', '2', '3', '4', '5', '6'])).toEqual([undefined, undefined, '3', '4', '5', '6']);
    expect(await knows('globex', ['other'])).toEqual(['other']);
  });

  it('of all the oldest go when too many tenants retire keys', async () => {
    for (const tenant of ['a', 'b', 'c', 'd']) for (const name of ['1', '2', '3']) await keep(tenant, name);
    expect(await knows('a', ['1', '2', '3'])).toEqual([undefined, undefined, '3']);
    expect(await knows('d', ['1', '2', '3'])).toEqual(['1', '2', '3']);
  });

  it('makes place for others when a key has ended, and a key that is kept again is the newest', async () => {
    for (const name of ['1', '2', '3', '4']) await keep('acme', name);
    await keep('acme', '1');
    await keep('acme', '5');
    expect(await knows('acme', ['1', '2'])).toEqual(['1', undefined]);
    await clock.advance(45 * 60_000);
    expect(await knows('acme', ['1', '3', '4', '5'])).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('keeps no key that is larger than Hubster makes them, and names of any length', async () => {
    await keep('acme', 'large', 'x'.repeat(1025));
    await keep('acme', 'n'.repeat(1_000_000), 'kept');
    expect(await knows('acme', ['large', 'n'.repeat(1_000_000)])).toEqual([undefined, 'kept']);
  });
});
