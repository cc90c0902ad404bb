import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const PERSON = 'alice@example.com';
const REQUEST_ID = 'order-2026-11-28-4711';
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const NAME = 'Support line Berlin';
const INSIDER = 'mallory@example.com';

const twilio = (name: string, authToken: string) => ({
  ...{ channelId: 'TwilioSMS', name },
  configuration: { authToken, accountSid: 'AC1', numberSid: `PN-${name.replaceAll(' ', '-')}` },
});
const webChat = (name: string) => ({ channelId: 'WebChat', name, configuration: { allowedOrigins: ['localhost'] } });

/** A tenant chooses the secrets of its integrations, and with them what is masked: in its own records alone. */
describe('what a tenant stores as a secret', () => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    // Secrets of one tenant and ordinary words of the other, so they are seen.
    stagedoor = await startStagedoor({ shown: [PERSON, REQUEST_ID, TRACE_ID, NAME, INSIDER] });
    for (const [index, text] of [PERSON, REQUEST_ID, TRACE_ID, NAME].entries()) {
      await create('globex-app', HUBS.globex, twilio(`chosen ${index}`, text));
    }
    await create('acme-app', HUBS.acme, twilio('of the insider', INSIDER));
  });
  afterAll(() => stagedoor.close());

  const create = async (caller: string, hub: string, body: object, headers: Record<string, string> = {}) => {
    const response = await stagedoor.as(caller).post(`/api/v1/integrations/hubs/${hub}`).set(headers).send(body);
    expect(response.status).toBe(200);
    await stagedoor.as(caller).get(`/api/v1/integrations/${response.body.integrationId}`).expect(200);
  };
  const recordsOf = async (tenant: string) => (await stagedoor.trail()).filter((record) => record['tenant'] === tenant);

  it('changes nothing in the records and log lines of another tenant [N2]', async () => {
    await create('acme-app', HUBS.acme, webChat(NAME), {
      'x-request-id': REQUEST_ID,
      traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01`,
      'x-on-behalf-of': PERSON,
    });
    const recorded = { onBehalfOf: PERSON, requestId: REQUEST_ID, traceId: TRACE_ID };
    const records = (await recordsOf('acme')).filter(({ requestId }) => requestId === REQUEST_ID);
    expect(records).toEqual([
      expect.objectContaining({ ...recorded, phase: 'intent' }),
      expect.objectContaining({ ...recorded, phase: 'outcome', outcome: 'success' }),
    ]);
    for (const { changes } of records) expect(changes).toContainEqual({ pointer: '/name', from: null, to: NAME });
    const lines = stagedoor.logs.filter((line) => line.includes(REQUEST_ID)).map((line) => JSON.parse(line));
    expect(lines).toEqual([expect.objectContaining({ tenant: 'acme', requestId: REQUEST_ID, traceId: TRACE_ID })]);
    const sent = (await stagedoor.hubsterCalls()).filter(({ headers }) => headers['x-request-id'] === REQUEST_ID);
    expect(sent).toEqual([expect.objectContaining({ method: 'POST', tenant: 'acme' })]);
    expect(sent[0]?.headers['traceparent']).toContain(TRACE_ID);
  });

  it('is masked in its own records and log lines', async () => {
    await create('globex-app', HUBS.globex, webChat(NAME), { 'x-request-id': REQUEST_ID, 'x-on-behalf-of': PERSON });
    const records = JSON.stringify((await recordsOf('globex')).slice(-2));
    const lines = stagedoor.logs.filter((line) => line.includes('"tenant":"globex"')).join('');
    for (const text of [PERSON, REQUEST_ID, NAME]) expect(records + lines).not.toContain(text);
    expect(records).toContain('"requestId":"********"');
  });

  it('makes nobody anonymous: who did what stays, and the acts of one masked person share a fingerprint', async () => {
    for (const [name, person] of [
      ['first act', INSIDER],
      ['second act', INSIDER],
      ['act of another', `bob with ${INSIDER}`],
    ] as const)
      await create('acme-app', HUBS.acme, webChat(name), { 'x-on-behalf-of': person });
    const intents = (await recordsOf('acme')).filter(({ phase }) => phase === 'intent').slice(-3);
    expect(intents).toEqual(
      ['********', '********', 'bob with ********'].map((onBehalfOf) =>
        expect.objectContaining({ tenant: 'acme', caller: 'acme-app', action: 'integration.create', onBehalfOf }),
      ),
    );
    const [first, second, other] = intents.map((record) => record['onBehalfOfFingerprint']);
    expect(first).toEqual(expect.stringMatching(/^fp2:/));
    expect([second, other]).toEqual([first, expect.not.stringMatching(String(first))]);
    const { body } = await stagedoor.as('acme-app').get('/api/v1/audit/events?limit=500').expect(200);
    const shown = body.results.filter((one: Record<string, unknown>) => one['onBehalfOfFingerprint'] === first);
    expect(shown).toHaveLength(4);
  });
});
