import { ManualClock } from '../../test/support/manual-clock';
import { Problem } from '../problems/problem';
import { Secret } from '../secrets/secret';
import { SecretKeys } from '../secrets/secret-keys';
import { Idempotency, type Run } from './idempotency';
import type { KeyedRequest } from './keyed-request';
import { MemoryIdempotencyStore } from './memory-idempotency-store';

const DEADLINES = { deadlines: { writeMs: 8_000 } };

const request: KeyedRequest = {
  ...{
    owner: { tenant: 'acme', caller: 'billing' },
    tenant: 'acme',
    visibilities: ['all', 'all'],
    caller: 'billing',
    route: 'POST /x',
    key: 'k'.repeat(16),
    body: '{}',
  },
};
const response = { status: 200, headers: { etag: '"1"' }, body: '{"name":"x"}' };

describe('Idempotency [S-760]', () => {
  let clock: ManualClock;
  let idempotency: Idempotency;

  beforeEach(() => {
    clock = new ManualClock();
    const keys = new SecretKeys(Secret.of('k'.repeat(32)));
    idempotency = new Idempotency(new MemoryIdempotencyStore(clock), keys, clock, DEADLINES);
  });

  const begin = async (change: Partial<KeyedRequest> = {}): Promise<Run> => {
    const begun = await idempotency.begin({ ...request, ...change });
    if ('status' in begun) throw new Error('replayed');
    return begun;
  };

  it('treats a run as unknown a minute later, for one request only', async () => {
    await begin();
    await clock.advance(59_000);
    await expect(begin()).rejects.toMatchObject({ code: 'idempotency-running', details: { retryAfterSeconds: 1 } });
    await clock.advance(1_000);
    expect((await begin()).isRepeat).toBe(true);
    await expect(begin()).rejects.toMatchObject({ code: 'idempotency-running' });
  });

  it('does not treat a run within a long deadline as abandoned', async () => {
    const keys = new SecretKeys(Secret.of('k'.repeat(32)));
    idempotency = new Idempotency(new MemoryIdempotencyStore(clock), keys, clock, { deadlines: { writeMs: 120_000 } });
    await begin();
    await clock.advance(239_000);
    await expect(begin()).rejects.toMatchObject({ code: 'idempotency-running' });
    await clock.advance(1_000);
    expect((await begin()).isRepeat).toBe(true);
  });

  it.each([['claim'], ['swap']] as const)(
    'frees a key within ten seconds if the reply to its %s was lost [S-784]',
    async (lost) => {
      const store = new MemoryIdempotencyStore(clock);
      const keys = new SecretKeys(Secret.of('k'.repeat(32)));
      idempotency = new Idempotency(store, keys, clock, DEADLINES);
      const isAway = jest.spyOn(store, lost).mockImplementationOnce(async (...values: readonly unknown[]) => {
        // Carried out in the case of a claim; not at all in that of a swap.
        if (lost === 'claim') await Reflect.apply(MemoryIdempotencyStore.prototype.claim, store, values);
        throw new Problem('idempotency-unavailable');
      });
      const first = await idempotency.begin(request).catch(({ code }: Problem) => code);
      if (typeof first === 'object' && 'completed' in first) await first.completed(response);
      expect(isAway).toHaveBeenCalled();
      await expect(begin()).rejects.toMatchObject({ code: 'idempotency-running' });
      await clock.advance(10_000);
      const again = await idempotency.begin(request);
      expect('status' in again ? again.body : again.isRepeat).toBe(lost === 'claim' ? false : response.body);
    },
  );

  it('keeps an outcome unknown until a repeated request has a response', async () => {
    await (await begin()).unknown();
    const second = await begin();
    expect(second.isRepeat).toBe(true);
    await second.failed();
    const third = await begin();
    expect(third.isRepeat).toBe(true);
    await third.completed(response);
    expect(await idempotency.begin(request)).toEqual(response);
  });

  it('frees the key after a failure', async () => {
    await (await begin()).failed();
    expect((await begin()).isRepeat).toBe(false);
  });

  it('ignores the end of a run that another request took over', async () => {
    const late = await begin();
    await clock.advance(60_000);
    await (await begin()).completed(response);
    await late.failed();
    expect(await idempotency.begin(request)).toEqual(response);
  });

  it('rejects another body as a mismatch, while running and afterwards', async () => {
    const run = await begin();
    await expect(begin({ body: '{"a":1}' })).rejects.toMatchObject({ code: 'idempotency-mismatch' });
    await run.completed(response);
    await expect(begin({ body: '{"a":1}' })).rejects.toMatchObject({ code: 'idempotency-mismatch' });
  });

  it.each([
    ['tenant', { tenant: 'globex' }],
    ['caller', { caller: 'other' }],
    ['route', { route: 'POST /y' }],
    ['key', { key: 'z'.repeat(16) }],
  ])('separates requests by their %s [N2]', async (_what, change) => {
    await begin();
    expect((await begin(change)).isRepeat).toBe(false);
  });

  it('replays no response to another visibility; the request runs as a repeat', async () => {
    await (await begin()).completed(response);
    const narrowed = await begin({ visibilities: ['one hub', 'one hub'] });
    expect(narrowed.isRepeat).toBe(true);
    await narrowed.completed({ ...response, body: '{"name":"seen"}' });
    expect((await begin()).isRepeat).toBe(true);
  });
});

describe('Idempotency: the stored responses [S-760]', () => {
  const rejection = { status: 409, headers: {}, body: '{"code":"name-taken"}' };
  const large = { status: 200, headers: { etag: '"1"' }, body: 'x'.repeat(250 * 1024), integrationId: 'i1' };
  let clock: ManualClock;
  let idempotency: Idempotency;

  beforeEach(() => {
    clock = new ManualClock();
    const keys = new SecretKeys(Secret.of('k'.repeat(32)));
    idempotency = new Idempotency(new MemoryIdempotencyStore(clock), keys, clock, DEADLINES);
  });

  const begin = async (): Promise<Run> => {
    const begun = await idempotency.begin(request);
    if ('status' in begun) throw new Error('replayed');
    return begun;
  };

  it('keeps a rejection for ten minutes, then frees the key', async () => {
    await (await begin()).rejected(rejection);
    await clock.advance(10 * 60_000 - 1);
    expect(await idempotency.begin(request)).toEqual(rejection);
    await clock.advance(1);
    expect((await begin()).isRepeat).toBe(false);
  });

  it('keeps a rejection as long as a response when the request may have taken effect before', async () => {
    await (await begin()).unknown();
    await (await begin()).rejected(rejection);
    await clock.advance(60 * 60_000);
    expect(await idempotency.begin(request)).toEqual(rejection);
  });

  it('keeps a large response without its body, with the id of the integration', async () => {
    await (await begin()).completed(large);
    const { body: _body, ...rest } = large;
    expect(await idempotency.begin(request)).toEqual(rest);
  });

  it('frees the key after a large rejection', async () => {
    await (await begin()).rejected({ ...rejection, body: large.body });
    expect((await begin()).isRepeat).toBe(false);
  });
});

describe('Idempotency while SECRET_KEY is rotated [S-760]', () => {
  const [old, next] = ['o', 'n'].map((letter) => Secret.of(letter.repeat(32)));
  const OLD = [old] as const;
  const NEXT = [next] as const;
  const OLD_ACCEPTING = [old, next] as const;
  const NEXT_ACCEPTING = [next, old] as const;
  let clock: ManualClock;
  let store: MemoryIdempotencyStore;

  /** In place of Redis. */
  class SharedStore extends MemoryIdempotencyStore {
    override readonly isShared = true;
  }

  beforeEach(() => {
    clock = new ManualClock();
    store = new SharedStore(clock);
  });

  const replica = ([key = Secret.of(''), accepted]: readonly (Secret | undefined)[]) =>
    new Idempotency(store, new SecretKeys(key, accepted), clock, DEADLINES);
  const runOf = (begun: Awaited<ReturnType<Idempotency['begin']>>): Run => {
    if ('status' in begun) throw new Error('replayed');
    return begun;
  };

  it.each([
    ['1: the next key is accepted', OLD, OLD_ACCEPTING],
    ['2: the next key is used', OLD_ACCEPTING, NEXT_ACCEPTING],
    ['3: the old key is removed', NEXT_ACCEPTING, NEXT],
    ['1 and 2 at once', OLD, NEXT_ACCEPTING],
  ])('shares keys between replicas before and after step %s', async (_step, before, after) => {
    for (const [key, one, other] of [['forth', before, after] as const, ['back', after, before] as const]) {
      const keyed = { ...request, key: key.repeat(4) };
      const first = runOf(await replica(one).begin(keyed));
      await expect(replica(other).begin(keyed)).rejects.toMatchObject({ code: 'idempotency-running' });
      await first.unknown();
      const second = runOf(await replica(other).begin(keyed));
      expect(second.isRepeat).toBe(true);
      await expect(replica(one).begin(keyed)).rejects.toMatchObject({ code: 'idempotency-running' });
      await second.completed(response);
      expect(await replica(one).begin(keyed)).toEqual(response);
      expect(await replica(other).begin(keyed)).toEqual(response);
      await expect(replica(one).begin({ ...keyed, body: '{"a":1}' })).rejects.toMatchObject({
        code: 'idempotency-mismatch',
      });
    }
  });

  it('prefers a response to the state of another replica under the other key', async () => {
    await replica(OLD_ACCEPTING).begin(request);
    await clock.advance(60_000);
    await runOf(await replica(OLD).begin(request)).completed(response);
    expect(await replica(NEXT_ACCEPTING).begin(request)).toEqual(response);
  });
});
