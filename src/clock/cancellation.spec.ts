import { CancellationSource } from './cancellation';

describe('CancellationSource', () => {
  it('calls each listener once, and no removed listener', () => {
    const source = new CancellationSource();
    const called: string[] = [];
    const removed = () => called.push('removed');
    source.addEventListener('abort', () => called.push('one'));
    source.addEventListener('abort', removed);
    source.addEventListener('abort', () => called.push('other'));
    source.removeEventListener('abort', removed);
    expect(source.aborted).toBe(false);
    source.abort();
    source.abort();
    expect(source.aborted).toBe(true);
    expect(called).toEqual(['one', 'other']);
  });

  it('is aborted and has a reason when it calls listeners, which may remove themselves', () => {
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
