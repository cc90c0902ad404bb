import { TABLE_CAPACITY, TenantTable } from './tenant-table';

describe('a table of tenants [S-811]', () => {
  it('keeps what was used since it was last full, and drops the rest of the period before when it is full again', () => {
    const table = new TenantTable<string>({ entries: 2 });
    table.set('a', '1');
    table.set('b', '2');
    table.set('c', '3');
    expect(table.get('a')).toBe('1');
    table.set('d', '4');
    expect(['a', 'b', 'c', 'd'].map((id) => table.peek(id))).toEqual(['1', undefined, '3', '4']);
    table.set('c', '5');
    expect([table.get('c'), [...table.values()].sort(), table.size]).toEqual(['5', ['1', '4', '5'], 3]);
    table.delete('c');
    expect([table.get('c'), table.size]).toEqual([undefined, 2]);
  });

  it('never has more than twice its entries', () => {
    const table = new TenantTable<string>({ entries: 10 });
    for (let id = 0; id < 1_000; id += 1) {
      table.set(String(id), 'value');
      table.get(String(id - 12));
      expect(table.size).toBeLessThanOrEqual(20);
    }
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
