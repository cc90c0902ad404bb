import { diskFull, recorderOnGatedStore as setup } from '../../../test/support/audit/gated-store';

describe('the queue of Recorder', () => {
  it('queues a bounded number of bytes, half of them of one owner, and the rest of others', async () => {
    const { clock, store, record } = setup();
    store.failure = diskFull;
    const large = 'x'.repeat(100_000);
    const of = async (owner: string) => {
      const fates = Array.from({ length: 120 }, () => record(large, true, owner));
      await Promise.resolve();
      await Promise.resolve();
      return fates.filter(({ is }) => is === undefined).length;
    };
    const queued = [await of('noisy'), await of('quiet'), await of('third')];
    // The first one was tried at once, so its wait has ended; it is kept nevertheless.
    expect(queued).toEqual([82, 83, 1]);
    await clock.advance(2000);
    store.failure = undefined;
    await clock.advance(5000);
    expect(store.stored.filter((body) => body === large)).toHaveLength(83 + 83 + 1);
    expect(store.largest).toBeLessThan(2.2 * 1024 * 1024);
    expect(await of('noisy')).toBeGreaterThan(80);
  });

  it('frees the space of records that were refused, stored or timed out', async () => {
    const { clock, store, record } = setup();
    for (let round = 0; round < 4; round += 1) {
      store.failure = round % 2 === 0 ? diskFull : undefined;
      const fates = Array.from({ length: 5000 }, () => record('{}', false, 'one'));
      await clock.advance(3000);
      expect(fates.every(({ is }) => is !== undefined)).toBe(true);
    }
    const fates = Array.from({ length: 5000 }, () => record('{}', false, 'one'));
    await clock.advance(3000);
    expect(fates.filter(({ is }) => is === 'stored')).toHaveLength(5000);
  });

  it('drops and counts records beyond 10,000', async () => {
    const { clock, store, record } = setup();
    store.failure = diskFull;
    record('"first"', true);
    await clock.advance(0);
    for (let index = 0; index < 10_005; index += 1) record('{}', true);
    store.failure = undefined;
    await clock.advance(20_000);
    const gap = store.stored.map((body) => JSON.parse(body)).find(({ phase }) => phase === 'gap');
    expect(gap).toMatchObject({ refused: 6 });
    expect(store.stored).toHaveLength(10_000 + 1);
  });

  it('limits the rate of its attempts while the store fails', async () => {
    const { clock, store, record } = setup();
    store.failure = diskFull;
    record('1');
    for (let index = 0; index < 100; index += 1) {
      await clock.advance(10);
      record('{}');
    }
    expect(store.appends).toBeLessThanOrEqual(3);
  });
});

describe('start and end of Recorder', () => {
  it('writes at the start without a record, and tries until that succeeds', async () => {
    const { clock, store, recorder, lines } = setup();
    store.failure = diskFull;
    await recorder.start();
    expect([recorder.hasStored, recorder.isAvailable]).toEqual([false, false]);
    expect(lines.join()).toContain('ENOSPC');
    store.failure = undefined;
    await clock.advance(500);
    expect([recorder.hasStored, recorder.isAvailable]).toEqual([true, true]);
    expect(store.stored).toEqual([]);
    store.failure = diskFull;
    const refused = recorder.record('1').catch(({ code }) => code);
    await clock.advance(0);
    expect(await refused).toBe('audit-unavailable');
    expect([recorder.hasStored, recorder.isAvailable]).toEqual([true, false]);
  });

  it('delays start and end by at most 2 s when the store hangs', async () => {
    const { clock, store, recorder } = setup();
    store.isGated = true;
    let isStarted = false;
    void recorder.start().then(() => {
      isStarted = true;
    });
    await clock.advance(2000);
    expect([isStarted, recorder.isAvailable]).toEqual([true, false]);
    const sealed = recorder.seal();
    await clock.advance(2000);
    await sealed;
    expect(clock.sleeping).toEqual([]);
  });

  it('seals once, however often it is called', async () => {
    const { store, recorder } = setup();
    await Promise.all([recorder.seal(), recorder.seal()]);
    await recorder.seal();
    expect(store.seals).toBe(1);
  });

  it('stores queued records before it seals, and refuses records afterwards', async () => {
    const { clock, store, recorder, record } = setup();
    const before = record('1');
    await recorder.seal();
    expect(before.is).toBe('stored');
    expect([store.stored, store.seals]).toEqual([['1'], 1]);
    const after = record('2');
    await clock.advance(0);
    expect(after.is).toBe('audit-unavailable');
    expect(clock.sleeping).toEqual([]);
  });

  it('waits at most 2 s for a hung store when it seals', async () => {
    const { clock, store, recorder, record } = setup();
    store.isGated = true;
    const hung = record('1');
    const sealed = recorder.seal();
    await clock.advance(2000);
    await sealed;
    expect(hung.is).toBe('audit-unavailable');
    expect(clock.sleeping).toEqual([]);
  });
});
