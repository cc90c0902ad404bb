import { Replicas } from '../support/replicas';
import { HUBS, type Stagedoor } from '../support/stagedoor';

const CALLERS = 1_000;

describe('a stampede', () => {
  let replicas: Replicas;
  let doors: readonly Stagedoor[];

  beforeAll(async () => {
    replicas = await Replicas.start();
    doors = [await replicas.add(), await replicas.add()];
  });
  afterAll(() => replicas.close());

  it('1,000 callers of one cold key at two replicas cause exactly one call, and all are answered', async () => {
    const [door] = doors;
    if (!door) throw new Error('there is no replica');
    await door.fault({ match: { method: 'GET', path: '^/api/v1/' }, effect: { delayMs: 300 } });
    const path = `/api/v1/integrations/hubs/${HUBS.acme}/WebChat`;
    const calls = Array.from({ length: CALLERS / 2 }, () => doors.map((each) => replicas.get(each, 'acme-app', path)));
    const responses = await Promise.all(calls.flat());
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: CALLERS }, () => 200));
    // All but one waited for the call of another, in their own replica or in the other one, or came when it was over.
    const told = responses.map(({ cacheStatus }) => cacheStatus);
    const others = told.filter((status) => status !== 'stagedoor; fwd=miss; stored');
    expect(others).toHaveLength(CALLERS - 1);
    expect(others.every((status) => /^stagedoor; (fwd=miss; stored; collapsed|hit; ttl=\d+)$/.test(status))).toBe(true);
    expect((await door.journal()).filter(({ method }) => method === 'GET')).toHaveLength(1);
  });

  it('while Hubster fails, each replica asks once and then once more, however many wait', async () => {
    const [door] = doors;
    if (!door) throw new Error('there is no replica');
    const isAsked = async () => (await door.journal()).filter(({ method }) => method === 'GET').length;
    const before = await isAsked();
    // 501 is final: no attempt is repeated, so every call is a leader's.
    const effect = { status: 501, delayMs: 1_000 };
    await door.fault({ match: { method: 'GET', path: '^/api/v1/' }, times: 1_000, effect });
    const path = `/api/v1/integrations/hubs/${HUBS.acme}/Direct`;
    const calls = Array.from({ length: 50 }, () => doors.map((each) => replicas.get(each, 'acme-app', path)));
    const responses = await Promise.all(calls.flat());
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 501));
    expect((await isAsked()) - before).toBeLessThanOrEqual(2 * doors.length);
  });
});
