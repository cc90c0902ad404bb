import { EVERYTHING, type TagChange, TenantChanges } from './tenant-changes';

const change = (number: number, ...tags: string[]): TagChange => ({ id: `${number}`, affected: tags });

describe('TenantChanges', () => {
  it('has the newest change of the tags, and the base for tags without one', () => {
    const changes = new TenantChanges('1');
    changes.apply(change(2, 'one', 'list'));
    changes.apply(change(3, 'two', 'list'));
    expect(['one', 'two', 'list', 'three'].map((tag) => changes.newestOf([tag]))).toEqual(['2', '3', '3', '1']);
    expect(changes.newestOf(['one', 'two'])).toBe('3');
  });

  it('does not depend on the order of changes, nor on their number', () => {
    const changes = new TenantChanges('1');
    for (const number of [3, 2, 3]) changes.apply(change(number, 'one'));
    expect(changes.newestOf(['one'])).toBe('3');
  });

  it('drops everything by a change that affects everything, and keeps later changes', () => {
    const changes = new TenantChanges('1');
    changes.apply(change(2, 'one'));
    changes.apply(change(4, 'two'));
    changes.apply({ id: '3', affected: EVERYTHING });
    expect([changes.newestOf(['one']), changes.newestOf(['two']), changes.size]).toEqual(['3', '4', 1]);
  });

  it('ignores what is older than its base', () => {
    const changes = new TenantChanges('5');
    changes.apply(change(4, 'one'));
    changes.apply({ id: '3', affected: EVERYTHING });
    expect([changes.newestOf(['one']), changes.size]).toEqual(['5', 0]);
  });
});
