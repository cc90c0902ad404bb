import { canary } from '../support/canaries';
import { type Stagedoor, startStagedoor } from '../support/stagedoor';

/** Hubster's clock is an hour ahead: a date is relative to the header `Date` of its response (S-717). */
const HUBSTER_NOW = new Date(Math.floor(Date.now() / 1000) * 1000 + 3_600_000);
const later = (seconds: number) => new Date(HUBSTER_NOW.getTime() + seconds * 1000);

const imf = (date: Date): string => date.toUTCString();
const rfc850 = (date: Date): string => {
  const [, day, month, year = '', time] = imf(date).split(' ');
  return `${WEEKDAYS[date.getUTCDay()]}, ${day}-${month}-${year.slice(2)} ${time} GMT`;
};
const asctime = (date: Date): string => {
  const [weekday = '', day = '', month, year, time] = imf(date).split(' ');
  return `${weekday.slice(0, 3)} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`;
};
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** The header, and for how long no call may be sent, in milliseconds. */
const FORMS: readonly (readonly [string, string | readonly string[], number])[] = [
  ['seconds', '1', 1000],
  ['an IMF-fixdate', imf(later(2)), 2000],
  ['a date of RFC 850', rfc850(later(2)), 2000],
  ['a date of asctime', asctime(later(2)), 2000],
  ['two headers', ['2', '1'], 2000],
  ['two headers joined by a proxy', '1, 2', 2000],
  ['more seconds than are waited for', '4', 4000],
  ['a date further away than is waited for', imf(later(4)), 4000],
  ['zero seconds', '0', 0],
  ['a date in the past', imf(later(-60)), 0],
  ['a negative number, as if absent', '-3', 0],
  ['a decimal, as if absent', '3.5', 0],
  ['nonsense, as if absent', 'soon', 0],
  ['a time no timer can hold, as 24 h', '99999999999', 86_400_000],
];
const WAITED_MS = 2000;
/** Longer waits are not tested to their end. */
const LONGEST_TESTED_MS = 60_000;

interface Observed {
  readonly first: ReceivedResponse;
  /** The response to another request during the wait. */
  readonly second: ReceivedResponse;
  /** When Hubster was called, in milliseconds since the epoch. */
  readonly calls: readonly number[];
}

interface ReceivedResponse {
  readonly status: number;
  readonly retryAfter: number;
}

describe.each([429, 503])('Retry-After in %i responses, over real sockets [S-717]', (status) => {
  const tenants = FORMS.map((_form, n) => ({
    ...{ name: `tenant-${n}`, clientId: `client-${n}`, clientSecret: canary(`client ${n}`).value },
    hubs: [`00000000-0000-0000-0000-${String(n).padStart(12, '0')}`],
  }));
  let stagedoor: Stagedoor;
  let observed: readonly Observed[];

  /** All forms at once, each with its own tenant, as tenants do not wait for each other (N2). */
  beforeAll(async () => {
    const callers = tenants.map(({ name }) => ({ id: name, tenants: [name] }));
    stagedoor = await startStagedoor({ sandboxTenants: tenants, callers, env: { LOG_LEVEL: 'silent' } });
    observed = await Promise.all(FORMS.map(([, header, waitMs], n) => observe(`tenant-${n}`, header, waitMs)));
  });
  afterAll(() => stagedoor.close());

  async function observe(tenant: string, header: string | readonly string[], waitMs: number): Promise<Observed> {
    await stagedoor.fault({
      match: { tenant, path: '^/api/v1/' },
      effect: { status, headers: { 'Retry-After': header, Date: imf(HUBSTER_NOW) } },
    });
    const first = await get(tenant, 1);
    const second = await get(tenant, 2);
    if (waitMs < LONGEST_TESTED_MS) {
      while ((await get(tenant, 1)).status !== 200) await new Promise((done) => setTimeout(done, 50));
    }
    const entries = (await stagedoor.hubsterCalls()).filter((entry) => entry.tenant === tenant);
    return { first, second, calls: entries.map(({ time }) => Date.parse(time)) };
  }

  async function get(tenant: string, pageSize: number): Promise<ReceivedResponse> {
    const { status, headers } = await stagedoor
      .as(tenant)
      .get(`/api/v1/integrations?pageSize=${pageSize}`)
      .set('cache-control', 'no-cache');
    return { status, retryAfter: Number(headers['retry-after']) };
  }

  describe.each(FORMS.map(([what, _header, waitMs], n) => [what, waitMs, n] as const))('%s', (_what, waitMs, n) => {
    it('nobody calls early', () => {
      const [first = 0, next = Number.POSITIVE_INFINITY] = observed[n]?.calls ?? [];
      expect(next - first).toBeGreaterThanOrEqual(waitMs);
      if (waitMs < LONGEST_TESTED_MS) expect(next).toBeLessThan(Number.POSITIVE_INFINITY);
    });

    it('is waited for up to 2 s, and otherwise passed to the caller', () => {
      if (waitMs <= WAITED_MS) return expect(observed[n]?.first.status).toBe(200);
      expect(observed[n]).toMatchObject({ first: { status }, second: { status } });
      expect(observed[n]?.first.retryAfter).toBeGreaterThanOrEqual(waitMs / 1000 - 1);
      expect(observed[n]?.second.retryAfter).toBeGreaterThanOrEqual(1);
    });
  });
});
