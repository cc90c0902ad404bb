import { Metrics } from '../../src/observability/metrics/metrics';
import { ManualClock } from '../support/manual-clock';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const PATH = '/api/v1/integrations';
const webChat = { channelId: 'WebChat', name: 'x', configuration: { allowedOrigins: ['localhost'] } };

/** The clock of the service does not advance, so only the disconnect can end anything. */
describe('a caller that disconnects', () => {
  let stagedoor: Stagedoor;
  beforeEach(async () => {
    stagedoor = await startStagedoor({ clock: new ManualClock() });
    await stagedoor.as('acme-app').get(`${PATH}/hubs/${HUBS.acme}/Direct`).expect(200);
  });
  afterEach(() => stagedoor.close());

  const fault = (method: string, effect: object) => stagedoor.fault({ match: { method, path: '^/api/v1/' }, effect });
  const calls = async (method: string) =>
    (await stagedoor.hubsterCalls()).slice(1).filter((call) => call.method === method);
  const until = async (isSo: () => Promise<boolean>) => {
    while (!(await isSo())) await new Promise((done) => setTimeout(done, 10));
  };
  /** Outcomes of attempts of an operation, from the metrics. */
  const outcomes = async (operation: string) =>
    (await stagedoor.app.get(Metrics).upstreamCalls.get()).values.flatMap(({ labels, value }) =>
      labels.operation === operation && value > 0 ? [`${labels.outcome} ${value}`] : [],
    );
  const send = (method: string, path: string, body?: object) => {
    const abort = new AbortController();
    const headers = { 'x-api-key': stagedoor.keyOf('acme-app'), 'content-type': 'application/json' };
    const response = fetch(stagedoor.url + path, {
      ...{ method, headers, signal: abort.signal },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { response: response.catch(() => undefined), disconnect: () => abort.abort() };
  };

  it('has its read cancelled at Hubster, and not retried', async () => {
    await fault('GET', { hang: true });
    const { response, disconnect } = send('GET', PATH);
    await until(async () => (await calls('GET')).length === 1);
    disconnect();
    expect(await response).toBeUndefined();
    await until(async () => (await outcomes('list')).length === 1);
    expect(await outcomes('list')).toEqual(['no-response 1']);
    expect(await calls('GET')).toHaveLength(1);
  });

  it('does not cancel a read for which others wait', async () => {
    await fault('GET', { delayMs: 500, apply: true });
    const [first, second] = [send('GET', PATH), send('GET', PATH)];
    await until(async () => (await calls('GET')).length === 1);
    first.disconnect();
    expect((await second.response)?.status).toBe(200);
    expect(await calls('GET')).toHaveLength(1);
    expect(await outcomes('list')).toEqual(['ok 1']);
  });

  it('does not stop its write, whose outcome is audited', async () => {
    await fault('POST', { delayMs: 500, apply: true });
    const { response, disconnect } = send('POST', `${PATH}/hubs/${HUBS.acme}`, webChat);
    await until(async () => (await calls('POST')).length === 1);
    disconnect();
    expect(await response).toBeUndefined();
    await until(async () => (await stagedoor.trail()).some(({ phase }) => phase === 'outcome'));
    expect((await stagedoor.trail()).find(({ phase }) => phase === 'outcome')).toMatchObject({ outcome: 'success' });
    expect(await outcomes('create')).toEqual(['ok 1']);
  });
});
