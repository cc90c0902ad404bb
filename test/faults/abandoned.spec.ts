import { Metrics } from '../../src/observability/metrics';
import { ManualClock } from '../support/manual-clock';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const PATH = '/api/v1/integrations';
const webChat = { channelId: 'WebChat', name: 'x', configuration: { allowedOrigins: ['localhost'] } };

/** Time stands still for the service, so whatever ends was ended by nothing but the caller who left. */
describe('a caller that goes away', () => {
  let stagedoor: Stagedoor;
  beforeEach(async () => {
    stagedoor = await startStagedoor({ clock: new ManualClock() });
    await stagedoor.as('acme-app').get(`${PATH}/hubs/${HUBS.acme}/Direct`).expect(200);
  });
  afterEach(() => stagedoor.close());

  const fault = (method: string, effect: object) => stagedoor.fault({ match: { method, path: '^/api/v1/' }, effect });
  const calls = async (method: string) => (await stagedoor.journal()).slice(1).filter((call) => call.method === method);
  const until = async (isSo: () => Promise<boolean>) => {
    while (!(await isSo())) await new Promise((done) => setTimeout(done, 10));
  };
  /** Outcomes of attempts of an operation, as the metrics tell them. */
  const outcomes = async (operation: string) =>
    (await stagedoor.app.get(Metrics).upstreamCalls.get()).values.flatMap(({ labels, value }) =>
      labels.operation === operation ? [`${labels.outcome} ${value}`] : [],
    );
  const send = (method: string, path: string, body?: object) => {
    const leave = new AbortController();
    const headers = { 'x-api-key': stagedoor.keyOf('acme-app'), 'content-type': 'application/json' };
    const response = fetch(stagedoor.url + path, {
      ...{ method, headers, signal: leave.signal },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { response: response.catch(() => undefined), leave: () => leave.abort() };
  };

  it('has its read cancelled at Hubster, and not sent again', async () => {
    await fault('GET', { hang: true });
    const { response, leave } = send('GET', PATH);
    await until(async () => (await calls('GET')).length === 1);
    leave();
    expect(await response).toBeUndefined();
    await until(async () => (await outcomes('list')).length === 1);
    expect(await outcomes('list')).toEqual(['no-response 1']);
    expect(await calls('GET')).toHaveLength(1);
  });

  it('leaves the read to the others who wait for it', async () => {
    await fault('GET', { delayMs: 500, apply: true });
    const [first, second] = [send('GET', PATH), send('GET', PATH)];
    await until(async () => (await calls('GET')).length === 1);
    first.leave();
    expect((await second.response)?.status).toBe(200);
    expect(await calls('GET')).toHaveLength(1);
    expect(await outcomes('list')).toEqual(['ok 1']);
  });

  it('does not stop its write, which goes on to its audited end', async () => {
    await fault('POST', { delayMs: 500, apply: true });
    const { response, leave } = send('POST', `${PATH}/hubs/${HUBS.acme}`, webChat);
    await until(async () => (await calls('POST')).length === 1);
    leave();
    expect(await response).toBeUndefined();
    await until(async () => (await stagedoor.trail()).some(({ phase }) => phase === 'outcome'));
    expect((await stagedoor.trail()).find(({ phase }) => phase === 'outcome')).toMatchObject({ outcome: 'success' });
    expect(await outcomes('create')).toEqual(['ok 1']);
  });
});
