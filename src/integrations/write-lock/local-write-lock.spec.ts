import { ManualClock } from '../../../test/support/manual-clock';
import { Deadline } from '../../context/deadline';
import { LocalWriteLock } from './local-write-lock';

const locationOf = (integrationId: string) => ({ tenant: 'acme', integrationId });

/** Work that runs until it is told to end, and the order in which things began and ended. */
class Stage {
  readonly clock = new ManualClock();
  readonly writeLock = new LocalWriteLock(this.clock);
  readonly log: string[] = [];
  readonly #ends = new Map<string, () => void>();

  run(key: string, name: string, ms = 10_000): Promise<string> {
    return this.writeLock.runExclusive(locationOf(key), Deadline.after(this.clock, ms), async () => {
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

describe('LocalWriteLock', () => {
  it('lets work on one key run one after another, in the order it came [S-316]', async () => {
    const stage = new Stage();
    const all = ['a', 'b', 'c'].map((name) => stage.run('key', name));
    for (const name of ['a', 'b', 'c']) await stage.end(name);
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
    expect(stage.log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('lets work on different keys run at once', async () => {
    const stage = new Stage();
    const both = [stage.run('one', 'a'), stage.run('other', 'b')];
    await stage.clock.advance(0);
    expect(stage.log).toEqual(['a begins', 'b begins']);
    await stage.end('a');
    await stage.end('b');
    await Promise.all(both);
  });

  it('goes on after work that failed, and passes the failure to its own caller only', async () => {
    const stage = new Stage();
    const fails = stage.writeLock.runExclusive(locationOf('key'), Deadline.after(stage.clock, 1000), () =>
      Promise.reject(new Error('no')),
    );
    const next = stage.run('key', 'b');
    await expect(fails).rejects.toThrow('no');
    await stage.end('b');
    expect(await next).toBe('b');
  });

  it('gives up when the deadline ends before its turn: overloaded, and the work never runs', async () => {
    const stage = new Stage();
    const first = stage.run('key', 'a');
    const late = expect(stage.run('key', 'b', 500)).rejects.toMatchObject({
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
    const first = stage.run('key', 'a');
    const late = expect(stage.run('key', 'b', 500)).rejects.toMatchObject({ code: 'overloaded' });
    await stage.clock.advance(500);
    await late;
    const third = stage.run('key', 'c');
    await stage.clock.advance(0);
    expect(stage.log).toEqual(['a begins']);
    await stage.end('a');
    await stage.end('c');
    expect(await Promise.all([first, third])).toEqual(['a', 'c']);
  });

  it('leaves no timer behind once its turn has come', async () => {
    const stage = new Stage();
    const both = [stage.run('key', 'a'), stage.run('key', 'b')];
    await stage.end('a');
    expect(stage.clock.sleeping).toEqual([]);
    await stage.end('b');
    await Promise.all(both);
  });

  it('takes so many writes that wait and no more, of an integration and of a tenant, and others go on [N2]', async () => {
    const stage = new Stage();
    const run = (tenant: string, integrationId: string, work: () => Promise<string>) =>
      stage.writeLock.runExclusive({ tenant, integrationId }, Deadline.after(stage.clock, 10_000), work);
    const done = async () => 'done';
    let finish = (): void => undefined;
    const finished = new Promise<string>((resolve) => {
      finish = () => resolve('finished');
    });
    const hold = (tenant: string, integrationId: string) =>
      Array.from({ length: 32 }, () => run(tenant, integrationId, () => finished));

    const held = hold('acme', 'one');
    await expect(run('acme', 'one', done)).rejects.toMatchObject({ code: 'overloaded' });
    expect(await run('acme', 'other', done)).toBe('done');
    held.push(...hold('acme', 'two'));
    await expect(run('acme', 'other', done)).rejects.toMatchObject({ code: 'overloaded' });
    expect(await run('globex', 'other', done)).toBe('done');
    for (let tenant = 0; tenant < 14; tenant += 1) held.push(...hold(`${tenant}`, 'one'));
    await expect(run('globex', 'other', done)).rejects.toMatchObject({ code: 'overloaded' });

    finish();
    await Promise.all(held);
    expect(await run('globex', 'other', done)).toBe('done');
  });

  it('takes a quarter of all of callers with portal tokens, however many there are, and one of them not all of it [N2]', async () => {
    const stage = new Stage();
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let taken = 0;
    const run = (tenant: string, integrationId: string) => {
      const key = { tenant, isPassthrough: tenant.startsWith('own:'), integrationId };
      return stage.writeLock.runExclusive(key, Deadline.after(stage.clock, 10_000), async () => {
        taken += 1;
        await finished;
      });
    };
    const outcomes = (tenant: string) =>
      Array.from({ length: 100 }, (_, one) => run(tenant, `${one}`).catch(() => undefined));
    const held = outcomes('own:0');
    await stage.clock.advance(0);
    expect(taken).toBe(64);
    for (let token = 1; token < 20; token += 1) held.push(...outcomes(`own:${token}`));
    await stage.clock.advance(0);
    expect(taken).toBe(128);
    held.push(...outcomes('acme'));
    await stage.clock.advance(0);
    expect(taken).toBe(192);
    finish();
    await Promise.all(held);
    await run('own:1', 'one');
    expect(taken).toBe(193);
  });
});
