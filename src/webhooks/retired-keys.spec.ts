import { ManualClock } from '../../test/support/manual-clock';
import { Secret } from '../secrets/secret';
import { hmacKeyOf, MemoryRetiredKeys } from './retired-keys';

const locationOf = (tenant: string, name: string) => ({ tenant, integrationId: 'i1', name });

describe('MemoryRetiredKeys', () => {
  let clock: ManualClock;
  let keys: MemoryRetiredKeys;

  beforeEach(() => {
    clock = new ManualClock();
    keys = new MemoryRetiredKeys(clock);
  });

  const keep = (tenant: string, name: string, privateKey = name) =>
    keys.keep(locationOf(tenant, name), { hubId: 'h1', privateKey: Secret.of(privateKey) });
  const find = async (tenant: string, name: string) => (await keys.find(locationOf(tenant, name)))?.hmacKey.reveal();
  const hmacKey = (privateKey: string) => hmacKeyOf(Secret.of(privateKey)).reveal();

  it('finds a key for 45 minutes, for its own tenant only', async () => {
    await keep('acme', '1');
    expect([await find('acme', '1'), await find('globex', '1')]).toEqual([hmacKey('1'), undefined]);
    await clock.advance(45 * 60_000);
    expect(await find('acme', '1')).toBeUndefined();
  });

  it('keeps at most a quarter for a tenant and evicts no key of another tenant [N2]', async () => {
    await keep('globex', 'other');
    for (let index = 0; index < 2501; index += 1) await keep('acme', String(index));
    expect([await find('acme', '0'), await find('acme', '1')]).toEqual([undefined, hmacKey('1')]);
    expect(await find('globex', 'other')).toBe(hmacKey('other'));
  });

  it('keeps at most 64 characters of a key, whatever its length', async () => {
    const name = 'n'.repeat(1_000_000);
    await keep('acme', name, 'k'.repeat(1_000_000));
    expect((await find('acme', name))?.length).toBeLessThanOrEqual(64);
  });
});
