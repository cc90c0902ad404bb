import { diskFull, recorderOnGatedStore as setup } from '../../../test/support/audit/gated-store';

describe('Recorder', () => {
  it('stores records that arrive while a batch is written as the next batch, in order', async () => {
    const { clock, store, record } = setup();
    store.isGated = true;
    const first = record('1');
    const others = [record('2'), record('3')];
    await clock.advance(0);
    expect(first.is).toBeUndefined();
    store.gates[0]?.pass();
    await clock.advance(0);
    expect(first.is).toBe('stored');
    expect(others.map(({ is }) => is)).toEqual([undefined, undefined]);
    store.gates[1]?.pass();
    await clock.advance(0);
    expect(others.map(({ is }) => is)).toEqual(['stored', 'stored']);
    expect(store.stored).toEqual(['1', '2', '3']);
    expect(store.appends).toBe(2);
  });

  it('stores a record that arrives in the moment in which a batch ends', async () => {
    const { clock, store, recorder, record } = setup();
    let second: ReturnType<typeof record> | undefined;
    const first = recorder.record('1').then(() => {
      second = record('2');
    });
    await clock.advance(0);
    await first;
    expect(second?.is).toBe('stored');
    expect(store.stored).toEqual(['1', '2']);
  });

  it('refuses within 2 s while the store hangs, at once after that, and stores again when it is back [N3]', async () => {
    const { clock, store, recorder, record } = setup();
    store.isGated = true;
    const flying = record('flying');
    const queued = record('queued');
    await clock.advance(1999);
    expect([flying.is, queued.is]).toEqual([undefined, undefined]);
    await clock.advance(1);
    expect([flying.is, queued.is]).toEqual(['audit-unavailable', 'audit-unavailable']);
    expect(recorder.isAvailable).toBe(false);

    const late = record('late');
    await clock.advance(0);
    expect(late.is).toBe('audit-unavailable');
    expect(store.appends).toBe(1);

    store.isGated = false;
    store.gates[0]?.pass();
    await clock.advance(0);
    expect(recorder.isAvailable).toBe(true);
    const next = record('next');
    await clock.advance(0);
    expect(next.is).toBe('stored');
    expect(store.stored).toEqual(['flying', expect.stringContaining('"phase":"gap"'), 'next']);
  });

  it('counts the 2 s from the arrival of a record, not from the start of its batch', async () => {
    const { clock, store, record } = setup();
    store.isGated = true;
    record('1');
    await clock.advance(1500);
    const second = record('2');
    await clock.advance(400);
    store.gates[0]?.pass();
    await clock.advance(1599);
    expect(second.is).toBeUndefined();
    await clock.advance(1);
    expect(second.is).toBe('audit-unavailable');
  });

  it('refuses when the store fails, tries it again without a record, and stores the gap first', async () => {
    const { clock, store, recorder, record } = setup();
    store.failure = diskFull;
    const refused = [record('1'), record('2')];
    await clock.advance(0);
    await clock.advance(500);
    expect(refused.map(({ is }) => is)).toEqual(['audit-unavailable', 'audit-unavailable']);
    expect(recorder.isAvailable).toBe(false);

    store.failure = undefined;
    await clock.advance(500);
    expect(recorder.isAvailable).toBe(true);
    expect(store.stored.map((body) => JSON.parse(body))).toEqual([
      { phase: 'gap', from: '2026-01-01T00:00:00.000Z', refused: 2 },
    ]);
  });

  it('keeps a record that must not be lost until the store is back, and stores it once', async () => {
    const { clock, store, record } = setup();
    store.failure = diskFull;
    const outcome = record('"outcome"', true);
    await clock.advance(5000);
    expect(outcome.is).toBe('audit-unavailable');
    store.failure = undefined;
    await clock.advance(500);
    await clock.advance(5000);
    expect(store.stored.filter((body) => body === '"outcome"')).toHaveLength(1);
  });

  it('logs an outage once, by its code, without foreign text', async () => {
    const { clock, store, record, lines } = setup();
    store.failure = diskFull;
    record('1');
    await clock.advance(3000);
    store.failure = undefined;
    await clock.advance(3000);
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(['error', 'info']);
    expect(lines.join()).toContain('ENOSPC');
    expect(lines.join()).not.toContain('secret');
  });
});
