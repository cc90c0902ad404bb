import { ManualClock } from '../../../test/support/manual-clock';
import { createLogger } from '../../observability/logger';
import { Metrics } from '../../observability/metrics';
import { AuditStore, type StoredLine } from '../audit-store';
import { Recorder } from './recorder';

/** A store whose appends wait, when gated, until the test passes or fails them. */
class GatedStore extends AuditStore {
  readonly stored: string[] = [];
  readonly gates: { pass: () => void; fail: (error: Error) => void }[] = [];
  isGated = false;
  failure: Error | undefined;
  appends = 0;
  seals = 0;

  largest = 0;

  async append(bodies: readonly string[]): Promise<void> {
    this.appends += 1;
    this.largest = Math.max(this.largest, bodies.join('').length);
    if (this.isGated) await new Promise<void>((pass, fail) => this.gates.push({ pass, fail }));
    if (this.failure) throw this.failure;
    this.stored.push(...bodies);
  }

  async *newestFirst(): AsyncGenerator<StoredLine> {}

  isPosition(): boolean {
    return false;
  }

  async seal(): Promise<void> {
    this.seals += 1;
  }
}

const diskFull = Object.assign(new Error('no space left on /secret/path'), { code: 'ENOSPC' });

function setup() {
  const clock = new ManualClock();
  const store = new GatedStore();
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', format: 'json', destination: { write: (line) => lines.push(line) } });
  const recorder = new Recorder(store, clock, new Metrics(), logger);
  /** The result of a record; undefined while it waits. */
  const record = (body: string, isKept = false, owner = '') => {
    const fate: { is?: 'stored' | 'audit-unavailable' } = {};
    recorder.record(body, isKept, owner).then(
      () => Object.assign(fate, { is: 'stored' }),
      (problem) => Object.assign(fate, { is: problem.code }),
    );
    return fate;
  };
  return { clock, store, recorder, record, lines };
}

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
