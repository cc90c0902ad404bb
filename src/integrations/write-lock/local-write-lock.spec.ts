import { ManualClock } from '../../../test/support/manual-clock';
import { Deadline } from '../../context/request-context';
import { LocalWriteLock } from './local-write-lock';

const keyOf = (integrationId: string) => ({ tenant: 'acme', integrationId });

/** A lock with works that run until the test ends them, and a log of their begins and ends. */
class Fixture {
  readonly clock = new ManualClock();
  readonly writeLock = new LocalWriteLock(this.clock);
  readonly log: string[] = [];
  readonly #ends = new Map<string, () => void>();

  run(key: string, name: string, ms = 10_000): Promise<string> {
    return this.writeLock.runExclusive(keyOf(key), Deadline.after(this.clock, ms), async () => {
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
  it('runs work on one key one after another, in the order of arrival [S-316]', async () => {
    const fixture = new Fixture();
    const all = ['a', 'b', 'c'].map((name) => fixture.run('key', name));
    for (const name of ['a', 'b', 'c']) await fixture.end(name);
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
    expect(fixture.log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('runs work on different keys at once', async () => {
    const fixture = new Fixture();
    const both = [fixture.run('one', 'a'), fixture.run('other', 'b')];
    await fixture.clock.advance(0);
    expect(fixture.log).toEqual(['a begins', 'b begins']);
    await fixture.end('a');
    await fixture.end('b');
    await Promise.all(both);
  });

  it('runs the next work after a failure, and throws the failure to its own caller only', async () => {
    const fixture = new Fixture();
    const fails = fixture.writeLock.runExclusive(keyOf('key'), Deadline.after(fixture.clock, 1000), () =>
      Promise.reject(new Error('no')),
    );
    const next = fixture.run('key', 'b');
    await expect(fails).rejects.toThrow('no');
    await fixture.end('b');
    expect(await next).toBe('b');
  });

  it('is overloaded if the deadline ends while it waits, and never runs the work', async () => {
    const fixture = new Fixture();
    const first = fixture.run('key', 'a');
    const late = expect(fixture.run('key', 'b', 500)).rejects.toMatchObject({
      code: 'overloaded',
      details: { retryAfterSeconds: 1 },
    });
    await fixture.clock.advance(499);
    expect(fixture.clock.sleeping).toEqual([1]);
    await fixture.clock.advance(1);
    await late;
    await fixture.end('a');
    await first;
    expect(fixture.log).toEqual(['a begins', 'a ends']);
  });

  it('does not run the next work early when a waiting one times out [S-316]', async () => {
    const fixture = new Fixture();
    const first = fixture.run('key', 'a');
    const late = expect(fixture.run('key', 'b', 500)).rejects.toMatchObject({ code: 'overloaded' });
    await fixture.clock.advance(500);
    await late;
    const third = fixture.run('key', 'c');
    await fixture.clock.advance(0);
    expect(fixture.log).toEqual(['a begins']);
    await fixture.end('a');
    await fixture.end('c');
    expect(await Promise.all([first, third])).toEqual(['a', 'c']);
  });

  it('leaves no timer when the work runs', async () => {
    const fixture = new Fixture();
    const both = [fixture.run('key', 'a'), fixture.run('key', 'b')];
    await fixture.end('a');
    expect(fixture.clock.sleeping).toEqual([]);
    await fixture.end('b');
    await Promise.all(both);
  });

  it('limits the writes of an integration, of a tenant and in all, at no cost to others [N2]', async () => {
    const fixture = new Fixture();
    const run = (tenant: string, integrationId: string, work: () => Promise<string>) =>
      fixture.writeLock.runExclusive({ tenant, integrationId }, Deadline.after(fixture.clock, 10_000), work);
    const done = async () => 'done';
    let finish = (): void => undefined;
    const finished = new Promise<string>((resolve) => {
      finish = () => resolve('finished');
    });
    const fill = (tenant: string, integrationId: string) =>
      Array.from({ length: 32 }, () => run(tenant, integrationId, () => finished));

    const running = fill('acme', 'one');
    await expect(run('acme', 'one', done)).rejects.toMatchObject({ code: 'overloaded' });
    expect(await run('acme', 'other', done)).toBe('done');
    running.push(...fill('acme', 'two'));
    await expect(run('acme', 'other', done)).rejects.toMatchObject({ code: 'overloaded' });
    expect(await run('globex', 'other', done)).toBe('done');
    for (let tenant = 0; tenant < 14; tenant += 1) running.push(...fill(`${tenant}`, 'one'));
    await expect(run('globex', 'other', done)).rejects.toMatchObject({ code: 'overloaded' });

    finish();
    await Promise.all(running);
    expect(await run('globex', 'other', done)).toBe('done');
  });

  it('takes a quarter of all writes from callers with passthrough tokens, and half of that from one of them [N2]', async () => {
    const fixture = new Fixture();
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let taken = 0;
    const run = (tenant: string, integrationId: string) => {
      const key = { tenant, isPassthrough: tenant.startsWith('own:'), integrationId };
      return fixture.writeLock.runExclusive(key, Deadline.after(fixture.clock, 10_000), async () => {
        taken += 1;
        await finished;
      });
    };
    const outcomes = (tenant: string) =>
      Array.from({ length: 100 }, (_, one) => run(tenant, `${one}`).catch(() => undefined));
    const running = outcomes('own:0');
    await fixture.clock.advance(0);
    expect(taken).toBe(64);
    for (let token = 1; token < 20; token += 1) running.push(...outcomes(`own:${token}`));
    await fixture.clock.advance(0);
    expect(taken).toBe(128);
    running.push(...outcomes('acme'));
    await fixture.clock.advance(0);
    expect(taken).toBe(192);
    finish();
    await Promise.all(running);
    await run('own:1', 'one');
    expect(taken).toBe(193);
  });
});
