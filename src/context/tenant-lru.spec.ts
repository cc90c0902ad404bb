import { TenantLru } from './tenant-lru';

const fill = (map: TenantLru<object>, tenant: string, count: number) => {
  for (let id = 0; id < count; id += 1) map.set(tenant, String(id), { tenant, id });
};

describe('TenantLru [N2]', () => {
  it('keeps at most a quarter for a tenant, its most recently used entries', () => {
    const map = new TenantLru(40);
    map.set('acme', '0', { id: 'first' });
    for (let id = 1; id < 100; id += 1) {
      map.set('acme', String(id), { id });
      map.get('acme', '0');
    }
    expect(map.size).toBe(10);
    expect(map.get('acme', '0')).toEqual({ id: 'first' });
    expect(map.get('acme', '90')).toBeUndefined();
    expect(map.get('acme', '99')).toEqual({ id: 99 });
  });

  it('evicts no entry of another tenant', () => {
    const map = new TenantLru(40);
    fill(map, 'globex', 5);
    fill(map, 'acme', 10_000);
    expect(map.get('globex', '0')).toEqual({ tenant: 'globex', id: 0 });
  });

  it('evicts entries of the least recently used tenant when it is full', () => {
    const map = new TenantLru(40);
    for (let tenant = 0; tenant < 1000; tenant += 1) fill(map, `tenant-${tenant}`, 3);
    expect(map.size).toBe(40);
    expect(map.get('tenant-0', '0')).toBeUndefined();
    expect(map.get('tenant-999', '0')).toBeDefined();
  });

  it('counts an entry once, however often it is set, and no longer once it is deleted', () => {
    const map = new TenantLru(40);
    fill(map, 'acme', 5);
    fill(map, 'acme', 5);
    expect(map.size).toBe(5);
    for (const id of ['0', '1', '1', '2', '3', '4']) map.delete('acme', id);
    expect([map.size, map.get('acme', '0')]).toEqual([0, undefined]);
  });
});
