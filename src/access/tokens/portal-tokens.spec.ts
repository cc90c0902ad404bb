import { ManualClock } from '../../../test/support/manual-clock';
import { Problem } from '../../problems/problem';
import { NoRedis } from '../../redis/redis';
import { Secret } from '../../secrets/secret';
import { SecretKeys } from '../../secrets/secret-keys';
import { keyHash } from '../api-key';
import { Directory } from '../directory';
import { PortalTokens } from './portal-tokens';

const NOTHING = { tenants: [], callers: [], issuers: [], passthrough: true };
const KEYS = new SecretKeys(Secret.of('a key of at least thirty-two bytes'));

function setup() {
  const clock = new ManualClock();
  const directory = new Directory(NOTHING, KEYS);
  const hubster = { accepted: new Set<string>(), probes: 0, isAway: false };
  const verifier = {
    isAccepted: async (token: Secret) => {
      hubster.probes += 1;
      await clock.sleep(100);
      if (hubster.isAway) throw new Problem('upstream-unavailable');
      return hubster.accepted.has(token.reveal());
    },
  };
  const tokens = new PortalTokens(directory, verifier, KEYS, clock, new NoRedis());
  /** The tenant, or the code of the problem. */
  const identify = async (token: string, address = '10.0.0.1') => {
    const identified = tokens
      .identify(Secret.of(token), keyHash(token), { address, requestId: 'r1' })
      .then(({ soleTenant }) => soleTenant?.id)
      .catch((error: unknown) => (error instanceof Problem ? error.code : error));
    await clock.advance(100);
    return identified;
  };
  return { clock, directory, hubster, identify };
}

describe('PortalTokens', () => {
  it('remembers an accepted token by its hash, until the tenants file is replaced', async () => {
    const { directory, hubster, identify } = setup();
    hubster.accepted.add('good');
    expect(await identify('good')).toMatch(/^own:[0-9a-f]{32}$/);
    expect([...directory.index.accepted.entries()]).toEqual([[keyHash('good'), expect.stringMatching(/^own:/)]]);
    await directory.replace(NOTHING);
    expect(directory.index.accepted.size).toBe(0);
  });

  it('probes once for concurrent requests with the same token', async () => {
    const { hubster, identify } = setup();
    hubster.accepted.add('good');
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => identify('good')))).size).toBe(1);
    expect(hubster.probes).toBe(1);
  });

  it('probes 60 made-up tokens a minute for each address, those in progress included', async () => {
    const { clock, hubster, identify } = setup();
    const made = (from: string) =>
      Promise.all(Array.from({ length: 100 }, (_, one) => identify(`${from} ${one}`, from)));
    expect((await made('10.0.0.1')).filter((code) => code === 'rate-limited')).toHaveLength(40);
    expect(hubster.probes).toBe(60);
    expect(await identify('another', '10.0.0.1')).toBe('rate-limited');
    expect(await identify('another', '10.0.0.2')).toBe('unauthenticated');
    await clock.advance(1000);
    expect(await identify('later', '10.0.0.1')).toBe('unauthenticated');
  });

  it('accepts 300 new good tokens of an address at once and five a second, and any number of known ones', async () => {
    const { clock, directory, hubster, identify } = setup();
    const bring = (one: number, address?: string) => {
      hubster.accepted.add(`good ${one}`);
      return identify(`good ${one}`, address);
    };
    // Made-up tokens do not count.
    for (let one = 0; one < 50; one += 1) await identify(`bad ${one}`);
    const begun = clock.monotonic();
    const brought = [];
    for (let one = 0; one < 1000; one += 1) brought.push(await bring(one));
    const expected = 300 + (5 * (clock.monotonic() - begun)) / 1000;
    const taken = brought.filter((id) => String(id).startsWith('own:')).length;
    expect(Math.abs(taken - expected)).toBeLessThanOrEqual(2);
    expect(brought.at(-1)).toBe('rate-limited');
    expect(directory.index.accepted.size).toBe(taken);
    expect(await bring(1001, '10.0.0.2')).toMatch(/^own:/);
  });

  it('counts a /64 network of IPv6 as one address, and does not count good tokens as made-up ones', async () => {
    const { hubster, identify } = setup();
    for (let one = 0; one < 100; one += 1) {
      hubster.accepted.add(`good ${one}`);
      expect(await identify(`good ${one}`, `2001:db8::${one.toString(16)}`)).toMatch(/^own:/);
    }
    const made = Array.from({ length: 61 }, (_, one) => identify(`bad ${one}`, `2001:db8::${one.toString(16)}`));
    expect((await Promise.all(made)).filter((code) => code === 'rate-limited')).toHaveLength(1);
  });

  it('rejects a token again without a probe for five seconds', async () => {
    const { clock, hubster, identify } = setup();
    for (let time = 0; time < 10; time += 1) expect(await identify('bad')).toBe('unauthenticated');
    expect(hubster.probes).toBe(1);
    await clock.advance(5000);
    hubster.accepted.add('bad');
    expect(await identify('bad')).toMatch(/^own:/);
  });

  it('neither accepts nor rejects a token while Hubster cannot check it', async () => {
    const { directory, hubster, identify } = setup();
    hubster.isAway = true;
    hubster.accepted.add('good');
    expect(await identify('good')).toBe('upstream-unavailable');
    expect(directory.index.accepted.size).toBe(0);
    hubster.isAway = false;
    expect(await identify('good')).toMatch(/^own:/);
  });
});
