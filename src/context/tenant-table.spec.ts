import { TABLE_CAPACITY, TenantTable } from './tenant-table';

describe('a table of tenants [S-811]', () => {
  it('drops the least recently used when the table is full', () => {
    const table = new TenantTable<string>({ entries: 2 });
    table.set('a', '1');
    table.set('b', '2');
    expect(table.get('a')).toBe('1');
    table.set('c', '3');
    expect([table.get('a'), table.get('b'), table.get('c'), table.size]).toEqual(['1', undefined, '3', 2]);
    table.set('c', '4');
    expect([table.get('a'), table.get('c')]).toEqual(['1', '4']);
  });

  it('has entries for whatever the tenants file has, and for portal tokens beside it', () => {
    const before = TABLE_CAPACITY.entries;
    TABLE_CAPACITY.hold(30_000);
    expect(TABLE_CAPACITY.entries).toBe(Math.max(before, 40_000));
    const table = new TenantTable<string>();
    for (let tenant = 0; tenant < 30_000; tenant += 1) table.set(`t${tenant}`, 'kept');
    for (let token = 0; token < 10_000; token += 1) table.set(`own:${token}`, 'token');
    expect(table.get('t0')).toBe('kept');
    TABLE_CAPACITY.hold(1);
    expect(TABLE_CAPACITY.entries).toBeGreaterThanOrEqual(40_000);
  });
});
