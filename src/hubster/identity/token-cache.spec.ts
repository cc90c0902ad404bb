import { ManualClock } from '../../../test/support/manual-clock';
import { Secret } from '../../secrets/secret';
import type { Failed } from '../outcome/outcome';
import { TokenCache } from './identity';
import type { IssuedToken } from './token-request';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const credentials = { clientId: 'id', clientSecret: Secret.of('secret') };
const refused: Failed = { kind: 'client-refused', phase: 'token', status: 400, errors: [] };

describe('TokenCache [S-005, S-006]', () => {
  let clock: ManualClock;
  let fetches: ((result: IssuedToken | Failed) => void)[];
  let cache: TokenCache;

  beforeEach(() => {
    clock = new ManualClock();
    fetches = [];
    cache = new TokenCache(clock, credentials, () => new Promise((resolve) => fetches.push(resolve)));
  });

  const issue = async (token: string, lifeMs = HOUR) => {
    fetches.at(-1)?.({ token: Secret.of(token), lifeMs });
    await clock.advance(0);
  };
  const fill = async (token: string, lifeMs?: number) => {
    const getting = cache.get();
    await issue(token, lifeMs);
    return tokenIn(await getting);
  };
  const tokenIn = (result: Awaited<ReturnType<TokenCache['get']>> | undefined): Secret => {
    if (result?.kind !== 'token') throw new Error(`no token but ${result?.kind}`);
    return result.token;
  };
  const now = async () => tokenIn(await cache.get()).reveal();

  it('fetches once for all waiting calls', async () => {
    const waiting = Promise.all([cache.get(), cache.get(), cache.get()]);
    await issue('first');
    expect((await waiting).map((result) => tokenIn(result).reveal())).toEqual(['first', 'first', 'first']);
    expect(fetches).toHaveLength(1);
    expect(await now()).toBe('first');
  });

  it.each([
    ['a tenth of its lifetime', 100 * MINUTE, 90 * MINUTE],
    ['60 s when that is longer', 5 * MINUTE, 4 * MINUTE],
    ['half its lifetime when it is short', MINUTE, MINUTE / 2],
  ])('renews a token in the background %s before it expires', async (_when, lifeMs, renewAt) => {
    await fill('first', lifeMs);
    await clock.advance(renewAt - 1);
    expect(await now()).toBe('first');
    expect(fetches).toHaveLength(1);
    await clock.advance(1);
    expect(await now()).toBe('first');
    expect(await now()).toBe('first');
    expect(fetches).toHaveLength(2);
    await issue('second');
    expect(await now()).toBe('second');
  });

  it('serves the token after a failed renewal until it expires, and then waits', async () => {
    await fill('first', HOUR);
    await clock.advance(HOUR - MINUTE);
    await cache.get();
    fetches.at(-1)?.({ kind: 'never-sent', phase: 'token' });
    await clock.advance(MINUTE - 1);
    expect(await now()).toBe('first');
    fetches.at(-1)?.({ kind: 'never-sent', phase: 'token' });
    await clock.advance(1);
    const waiting = cache.get();
    await issue('second');
    expect(tokenIn(await waiting).reveal()).toBe('second');
  });

  it('counts the lifetime of a token from the request on', async () => {
    const getting = cache.get();
    await clock.advance(MINUTE);
    await issue('first', 10 * MINUTE);
    await getting;
    await clock.advance(8 * MINUTE);
    await cache.get();
    expect(fetches).toHaveLength(2);
  });

  it('does not fetch again for 5 s after a rejected client, doubling to 60 s, and 5 s again after a success', async () => {
    const pauses: number[] = [];
    for (let rejection = 0; rejection < 6; rejection += 1) {
      const getting = cache.get();
      fetches.at(-1)?.(refused);
      expect(await getting).toBe(refused);
      const fetched = fetches.length;
      let pause = 0;
      for (; fetches.length === fetched; pause += 2500) {
        await clock.advance(2500);
        void cache.get();
      }
      pauses.push(pause / 1000);
    }
    expect(pauses).toEqual([5, 10, 20, 40, 60, 60]);
    await issue('first', MINUTE);
    await clock.advance(MINUTE);
    void cache.get();
    fetches.at(-1)?.(refused);
    await clock.advance(5000);
    void cache.get();
    expect(fetches).toHaveLength(9);
  });

  it('renews a rejected token once, and only while it is the current one', async () => {
    const first = await fill('first');
    const replacing = Promise.all([cache.replace(first), cache.replace(first)]);
    await issue('second');
    expect((await replacing).map((result) => tokenIn(result).reveal())).toEqual(['second', 'second']);
    expect(tokenIn(await cache.replace(first)).reveal()).toBe('second');
    expect(fetches).toHaveLength(2);
  });

  it('does not renew a new token that is rejected at once', async () => {
    const first = await fill('first');
    const replacing = cache.replace(first);
    await issue('second');
    const second = tokenIn(await replacing);
    expect(await cache.replace(second)).toBeUndefined();
    await clock.advance(5000);
    void cache.replace(second);
    expect(fetches).toHaveLength(3);
  });

  it('renews at once again after the portal has accepted the token', async () => {
    const first = await fill('first');
    const replacing = cache.replace(first);
    await issue('second');
    const second = tokenIn(await replacing);
    cache.accepted();
    void cache.replace(second);
    expect(fetches).toHaveLength(3);
  });

  it('is for these credentials only', () => {
    expect(cache.isFor({ clientId: 'id', clientSecret: Secret.of('secret') })).toBe(true);
    expect(cache.isFor({ clientId: 'id', clientSecret: Secret.of('rotated') })).toBe(false);
    expect(cache.isFor({ clientId: 'other', clientSecret: Secret.of('secret') })).toBe(false);
  });
});
