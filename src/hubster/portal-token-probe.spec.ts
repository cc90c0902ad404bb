import { json } from '../../test/support/hubster/stub-server';
import { StubbedClient } from '../../test/support/hubster/stubbed-client';
import { ManualClock } from '../../test/support/manual-clock';
import { Problem } from '../problems/problem';
import { Secret } from '../secrets/secret';
import { PortalTokenProbe } from './portal-token-probe';

describe('PortalTokenProbe', () => {
  let clock: ManualClock;
  let hubster: StubbedClient;
  beforeEach(async () => {
    clock = new ManualClock();
    hubster = await StubbedClient.start(clock);
  });
  afterEach(() => hubster.close());

  async function probe(token = 'a-token', address = '10.0.0.1'): Promise<unknown> {
    let isSettled = false;
    const probing = new PortalTokenProbe(hubster.client, clock)
      .isAccepted(Secret.of(token), { address, requestId: 'r1' })
      .catch((error: unknown) => (error instanceof Problem ? error.code : error))
      .finally(() => {
        isSettled = true;
      });
    while (!isSettled) await clock.advance(0);
    return probing;
  }

  it.each([
    [200, true],
    [400, true],
    [403, true],
    [404, true],
    [401, false],
    [302, 'upstream-error'],
    [429, 'upstream-rate-limited'],
    [503, 'upstream-unavailable'],
    [599, 'upstream-error'],
  ])('maps status %i to %s', async (status, expected) => {
    hubster.stub.portal = [json(status, { results: [], total: 0 })];
    expect(await probe()).toBe(expected);
  });

  it('does not accept a token because of a 200 with HTML, which a proxy may send', async () => {
    hubster.stub.portal = [
      (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('Welcome'),
    ];
    expect(await probe()).toBe('upstream-invalid');
  });

  it('sends one small read with the token, and no token of Stagedoor', async () => {
    hubster.stub.portal = [json(200, { results: [], total: 0 })];
    await probe();
    expect(hubster.stub.tokenRequests).toEqual([]);
    expect(hubster.stub.calls).toEqual([
      expect.objectContaining({
        method: 'GET',
        url: '/api/v1/integrations?pageNumber=0&pageSize=1',
        headers: expect.objectContaining({ authorization: 'Bearer a-token', 'x-request-id': 'r1' }),
      }),
    ]);
  });

  it('applies a Retry-After to the probes of one address only', async () => {
    hubster.stub.portal = [
      (_request, response) => void response.writeHead(429, { 'retry-after': '60' }).end(),
      json(200, { results: [], total: 0 }),
    ];
    expect(await probe('made-up', '10.0.0.1')).toBe('upstream-rate-limited');
    expect(await probe('another', '10.0.0.1')).toBe('upstream-rate-limited');
    expect(await probe('honest', '10.0.0.2')).toBe(true);
    expect(hubster.stub.calls).toHaveLength(2);
  });
});
