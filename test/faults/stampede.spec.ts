import { Replicas } from '../support/replicas';
import { HUBS, type Stagedoor } from '../support/stagedoor';

const CALLERS = 1_000;

describe('many concurrent reads of one cold key', () => {
  let replicas: Replicas;
  let instances: readonly Stagedoor[];

  beforeAll(async () => {
    replicas = await Replicas.start();
    instances = [await replicas.add(), await replicas.add()];
  });
  afterAll(() => replicas.close());

  it('cause exactly one call for 1,000 callers at two replicas, and all receive a response', async () => {
    const [first] = instances;
    if (!first) throw new Error('there is no replica');
    await first.fault({ match: { method: 'GET', path: '^/api/v1/' }, effect: { delayMs: 300 } });
    const path = `/api/v1/integrations/hubs/${HUBS.acme}/WebChat`;
    const calls = Array.from({ length: CALLERS / 2 }, () =>
      instances.map((each) => replicas.get(each, 'acme-app', path)),
    );
    const responses = await Promise.all(calls.flat());
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: CALLERS }, () => 200));
    // All but one waited for the call of another, in their own replica or in the other one, or were sent after it.
    const statuses = responses.map(({ cacheStatus }) => cacheStatus);
    const others = statuses.filter((status) => status !== 'stagedoor; fwd=miss; stored');
    expect(others).toHaveLength(CALLERS - 1);
    expect(others.every((status) => /^stagedoor; (fwd=miss; stored; collapsed|hit; ttl=\d+)$/.test(status))).toBe(true);
    expect((await first.hubsterCalls()).filter(({ method }) => method === 'GET')).toHaveLength(1);
  });

  it('cause at most two calls of each replica while Hubster fails', async () => {
    const [first] = instances;
    if (!first) throw new Error('there is no replica');
    const callCount = async () => (await first.hubsterCalls()).filter(({ method }) => method === 'GET').length;
    const before = await callCount();
    // 501 is not retried, so that every call is the first of a single flight.
    const effect = { status: 501, delayMs: 1_000 };
    await first.fault({ match: { method: 'GET', path: '^/api/v1/' }, times: 1_000, effect });
    const path = `/api/v1/integrations/hubs/${HUBS.acme}/Direct`;
    const calls = Array.from({ length: 50 }, () => instances.map((each) => replicas.get(each, 'acme-app', path)));
    const responses = await Promise.all(calls.flat());
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 501));
    expect((await callCount()) - before).toBeLessThanOrEqual(2 * instances.length);
  });
});
