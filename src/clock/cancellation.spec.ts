import { CancellationSource } from './cancellation';

describe('CancellationSource', () => {
  it('tells each listener once, and none that has been removed', () => {
    const source = new CancellationSource();
    const told: string[] = [];
    const removed = () => told.push('removed');
    source.addEventListener('abort', () => told.push('one'));
    source.addEventListener('abort', removed);
    source.addEventListener('abort', () => told.push('other'));
    source.removeEventListener('abort', removed);
    expect(source.aborted).toBe(false);
    source.abort();
    source.abort();
    expect(source.aborted).toBe(true);
    expect(told).toEqual(['one', 'other']);
  });

  it('is aborted, with a reason, when its listeners hear of it, and bears listeners that leave meanwhile', () => {
    const source = new CancellationSource();
    const seen: unknown[] = [];
    const listener = () => {
      seen.push(source.aborted, source.reason);
      source.removeEventListener('abort', listener);
    };
    source.addEventListener('abort', listener);
    source.abort();
    expect(seen).toEqual([true, expect.any(Error)]);
  });
});
