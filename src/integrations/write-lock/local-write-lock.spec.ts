import { ManualClock } from '../../../test/support/manual-clock';
import { Deadline } from '../../context/deadline';
import { LocalTurns } from './local-write-lock';

const placeOf = (integrationId: string) => ({ tenant: 'acme', integrationId });

/** Work that runs until it is told to end, and the order in which things began and ended. */
class Stage {
  readonly clock = new ManualClock();
  readonly turns = new LocalTurns(this.clock);
  readonly log: string[] = [];
  readonly #ends = new Map<string, () => void>();

  take(key: string, name: string, ms = 10_000): Promise<string> {
    return this.turns.take(placeOf(key), Deadline.after(this.clock, ms), async () => {
      this.log.push(`${name} begins`);
      await new Promise<void>((resolve) => this.#ends.set(name, resolve));
      this.log.push(`${name} ends`);
      return name;
    });
  }

  async end(name: string): Promise<void> {
    await this.clock.advance(0);
    this.#ends.get(name)?.();
    await this.clock.advance(0);
  }
}

describe('LocalTurns', () => {
  it('lets work on one key run one after another, in the order it came [S-316]', async () => {
    const stage = new Stage();
    const all = ['a', 'b', 'c'].map((name) => stage.take('key', name));
    for (const name of ['a', 'b', 'c']) await stage.end(name);
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
    expect(stage.log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('lets work on different keys run at once', async () => {
    const stage = new Stage();
    const both = [stage.take('one', 'a'), stage.take('other', 'b')];
    await stage.clock.advance(0);
    expect(stage.log).toEqual(['a begins', 'b begins']);
    await stage.end('a');
    await stage.end('b');
    await Promise.all(both);
  });

  it('goes on after work that failed, and passes the failure to its own caller only', async () => {
    const stage = new Stage();
    const fails = stage.turns.take(placeOf('key'), Deadline.after(stage.clock, 1000), () =>
      Promise.reject(new Error('no')),
    );
    const next = stage.take('key', 'b');
    await expect(fails).rejects.toThrow('no');
    await stage.end('b');
    expect(await next).toBe('b');
  });

  it('gives up when the deadline ends before its turn: overloaded, and the work never runs', async () => {
    const stage = new Stage();
    const first = stage.take('key', 'a');
    const late = expect(stage.take('key', 'b', 500)).rejects.toMatchObject({
      code: 'overloaded',
      details: { retryAfterSeconds: 1 },
    });
    await stage.clock.advance(499);
    expect(stage.clock.sleeping).toEqual([1]);
    await stage.clock.advance(1);
    await late;
    await stage.end('a');
    await first;
    expect(stage.log).toEqual(['a begins', 'a ends']);
  });

  it('one who gave up does not let the next in while the first is still at work [S-316]', async () => {
    const stage = new Stage();
    const first = stage.take('key', 'a');
    const late = expect(stage.take('key', 'b', 500)).rejects.toMatchObject({ code: 'overloaded' });
    await stage.clock.advance(500);
    await late;
    const third = stage.take('key', 'c');
    await stage.clock.advance(0);
    expect(stage.log).toEqual(['a begins']);
    await stage.end('a');
    await stage.end('c');
    expect(await Promise.all([first, third])).toEqual(['a', 'c']);
  });

  it('leaves no timer behind once its turn has come', async () => {
    const stage = new Stage();
    const both = [stage.take('key', 'a'), stage.take('key', 'b')];
    await stage.end('a');
    expect(stage.clock.sleeping).toEqual([]);
    await stage.end('b');
    await Promise.all(both);
  });

  it('takes so many writes that wait and no more, of an integration and of a tenant, and others go on [N2]', async () => {
    const stage = new Stage();
    const take = (tenant: string, integrationId: string, work: () => Promise<string>) =>
      stage.turns.take({ tenant, integrationId }, Deadline.after(stage.clock, 10_000), work);
    const done = async () => 'done';
    let finish = (): void => undefined;
    const finished = new Promise<string>((resolve) => {
      finish = () => resolve('finished');
    });
    const hold = (tenant: string, integrationId: string) =>
      Array.from({ length: 32 }, () => take(tenant, integrationId, () => finished));

    const held = hold('acme', 'one');
    await expect(take('acme', 'one', done)).rejects.toMatchObject({ code: 'overloaded' });
    expect(await take('acme', 'other', done)).toBe('done');
    held.push(...hold('acme', 'two'));
    await expect(take('acme', 'other', done)).rejects.toMatchObject({ code: 'overloaded' });
    expect(await take('globex', 'other', done)).toBe('done');
    for (let tenant = 0; tenant < 14; tenant += 1) held.push(...hold(`${tenant}`, 'one'));
    await expect(take('globex', 'other', done)).rejects.toMatchObject({ code: 'overloaded' });

    finish();
    await Promise.all(held);
    expect(await take('globex', 'other', done)).toBe('done');
  });
});
