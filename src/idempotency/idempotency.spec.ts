import { ManualClock } from '../../test/support/manual-clock';
import { Secret } from '../secrets/secret';
import { SecretKeys } from '../secrets/secret-keys';
import { Idempotency, type KeyedRequest, type Run } from './idempotency';
import { MemoryIdempotencyStore } from './memory-idempotency-store';

const request: KeyedRequest = {
  ...{ tenant: 'acme', visibility: 'all', caller: 'billing', route: 'POST /x', key: 'k'.repeat(16), body: '{}' },
};
const answer = { status: 200, headers: { etag: '"1"' }, body: '{"name":"x"}' };

describe('Idempotency (S-760)', () => {
  let clock: ManualClock;
  let idempotency: Idempotency;

  beforeEach(() => {
    clock = new ManualClock();
    const keys = new SecretKeys(Secret.of('k'.repeat(32)));
    idempotency = new Idempotency(new MemoryIdempotencyStore(clock), keys, clock);
  });

  const begin = async (change: Partial<KeyedRequest> = {}): Promise<Run> => {
    const begun = await idempotency.begin({ ...request, ...change });
    if ('body' in begun) throw new Error('answered');
    return begun;
  };

  it('what a crash left running is taken for unknown a minute later, by one request only', async () => {
    await begin();
    await clock.advance(59_000);
    await expect(begin()).rejects.toMatchObject({ code: 'idempotency-running', details: { retryAfterSeconds: 1 } });
    await clock.advance(1_000);
    expect((await begin()).isRepeat).toBe(true);
    await expect(begin()).rejects.toMatchObject({ code: 'idempotency-running' });
  });

  it('an unknown outcome stays unknown until a repetition has an answer', async () => {
    await (await begin()).unknown();
    const second = await begin();
    expect(second.isRepeat).toBe(true);
    await second.failed();
    const third = await begin();
    expect(third.isRepeat).toBe(true);
    await third.answered(answer);
    expect(await idempotency.begin(request)).toEqual(answer);
  });

  it('a failure frees the key', async () => {
    await (await begin()).failed();
    expect((await begin()).isRepeat).toBe(false);
  });

  it('a run that was taken over changes nothing any more', async () => {
    const late = await begin();
    await clock.advance(60_000);
    await (await begin()).answered(answer);
    await late.failed();
    expect(await idempotency.begin(request)).toEqual(answer);
  });

  it('another body is a mismatch, running or answered', async () => {
    const run = await begin();
    await expect(begin({ body: '{"a":1}' })).rejects.toMatchObject({ code: 'idempotency-mismatch' });
    await run.answered(answer);
    await expect(begin({ body: '{"a":1}' })).rejects.toMatchObject({ code: 'idempotency-mismatch' });
  });

  it.each([
    ['tenant', { tenant: 'globex' }],
    ['caller', { caller: 'other' }],
    ['route', { route: 'POST /y' }],
    ['key', { key: 'z'.repeat(16) }],
  ])('N2: another %s is another request', async (_what, change) => {
    await begin();
    expect((await begin(change)).isRepeat).toBe(false);
  });

  it('replays nothing to a tenant that may see something else by now: what was done is looked at first', async () => {
    await (await begin()).answered(answer);
    const narrowed = await begin({ visibility: 'one hub' });
    expect(narrowed.isRepeat).toBe(true);
    await narrowed.failed();
    expect(await idempotency.begin(request)).toEqual(answer);
  });
});
