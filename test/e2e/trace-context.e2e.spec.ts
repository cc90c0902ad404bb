import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';
import { Collector } from '../support/traces/collector';

const LIST = `/api/v1/integrations/hubs/${HUBS.acme}/WebChat`;
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const SAMPLED = `00-${TRACE}-${SPAN}-01`;
const UNSAMPLED = `00-${TRACE}-${SPAN}-00`;
/** Of a span that nobody has. */
const OTHER = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
const REQUESTS = 'undici:request:create';

describe('the place in a trace that Hubster gets', () => {
  let collector: Collector;
  let stagedoor: Stagedoor;

  beforeEach(async () => {
    collector = await Collector.start();
  });
  afterEach(async () => {
    await stagedoor.close();
    await collector.close();
  });

  const start = async (sampler: string, arg = '1') => {
    const env = {
      OTEL_TRACES_SAMPLER: sampler,
      OTEL_TRACES_SAMPLER_ARG: arg,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    };
    stagedoor = await startStagedoor({ collector, env });
  };
  /** `traceparent` of one uncached read, at Hubster. */
  const sentFor = async (headers: Readonly<Record<string, string>>) => {
    await stagedoor
      .as('acme-app')
      .get(LIST)
      .set({ 'cache-control': 'no-cache', ...headers })
      .expect(200);
    return (await stagedoor.hubsterCalls()).at(-1)?.headers['traceparent'];
  };
  const spansOf = async () => {
    await stagedoor.app.close();
    return collector.spans.filter(({ kind }) => kind === 'server');
  };

  it('follows the flag of the caller, whatever share is recorded [S-846]', async () => {
    await start('parentbased_traceidratio', '0');
    expect(await sentFor({ traceparent: SAMPLED })).toMatch(new RegExp(`^00-${TRACE}-(?!${SPAN})[0-9a-f]{16}-01$`));
    expect(await sentFor({ traceparent: UNSAMPLED })).toMatch(new RegExp(`^00-${TRACE}-(?!${SPAN})[0-9a-f]{16}-00$`));
    expect(await sentFor({})).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect((await spansOf()).map(({ traceId, parentId }) => [traceId, parentId])).toEqual([[TRACE, SPAN]]);
  });

  it('is a new one for a caller without a valid place, and for an anonymous one [S-846]', async () => {
    await start('parentbased_always_on');
    expect(await sentFor({ traceparent: `${SAMPLED}-more` })).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    await stagedoor.as().get(LIST).set('traceparent', UNSAMPLED).expect(401);
    await stagedoor.as('acme-app').get('/health/ready').set('traceparent', SAMPLED).expect(200);
    const spans = await spansOf();
    expect(spans.map(({ parentId, facts }) => [parentId, facts['http.response.status_code']])).toEqual([
      ['', 200],
      ['', 401],
    ]);
    expect(spans.map(({ traceId }) => traceId)).not.toContain(TRACE);
  });

  it('is that of the caller, unchanged, while traces are off', async () => {
    stagedoor = await startStagedoor();
    expect(await sentFor({ traceparent: SAMPLED })).toBe(SAMPLED);
    expect(await sentFor({ traceparent: UNSAMPLED })).toBe(UNSAMPLED);
    expect(await sentFor({})).toBeNull();
  });

  it('is one, also with an instrumentation that adds its own [S-847]', async () => {
    const instrument = (message: unknown) => {
      const { request } = message as { request: { addHeader(name: string, value: string): void } };
      request.addHeader('traceparent', OTHER);
      request.addHeader('tracestate', 'other=1');
    };
    subscribe(REQUESTS, instrument);
    try {
      await start('parentbased_always_on');
      expect(await sentFor({ traceparent: SAMPLED, tracestate: 'own=1' })).toMatch(
        new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`),
      );
      expect((await stagedoor.hubsterCalls()).at(-1)?.headers['tracestate']).toBe('own=1');
      await stagedoor.close();
      stagedoor = await startStagedoor();
      expect(await sentFor({})).toBe(OTHER);
    } finally {
      unsubscribe(REQUESTS, instrument);
    }
  });

  it('has no trace id that is a secret of the tenant, and no such span is exported [S-849]', async () => {
    await start('parentbased_always_on');
    const configuration = { authToken: TRACE, accountSid: 'AC1', numberSid: 'PN1' };
    const body = { channelId: 'TwilioSMS', name: 'secret', configuration };
    await stagedoor.as('acme-app').post(`/api/v1/integrations/hubs/${HUBS.acme}`).send(body).expect(200);
    expect(await sentFor({ traceparent: SAMPLED })).toBeNull();
    expect((await spansOf()).map(({ traceId }) => traceId)).not.toContain(TRACE);
    expect(JSON.stringify(collector.exports.map(({ text }) => text))).not.toContain(TRACE);
  });
});
