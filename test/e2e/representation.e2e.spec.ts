import { CHANNELS } from '../../src/channels/channel-registry';
import { isJsonObject, type JsonObject } from '../../src/json/json-value';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
const ONE = '^/api/v1/integrations/[0-9a-f-]{36}$';
const MERGE_PATCH = 'application/merge-patch+json';

const example = (channelId: string) => CHANNELS.find(({ id }) => id === channelId)?.example ?? {};
const frozen = { name: 'Replaced', statusId: 3002 };

/** A configuration to create, the body of a POST that updates, and that of a PATCH. */
interface Case {
  readonly channelId: string;
  readonly configuration: JsonObject;
  readonly replacement: JsonObject;
  readonly patch: JsonObject;
}

const CASES: Readonly<Record<string, Case>> = {
  TwilioSMS: { channelId: 'TwilioSMS', configuration: example('TwilioSMS'), replacement: frozen, patch: { name: 'P' } },
  Messenger: { channelId: 'Messenger', configuration: example('Messenger'), replacement: frozen, patch: { name: 'P' } },
  Slack: { channelId: 'Slack', configuration: example('Slack'), replacement: frozen, patch: { name: 'P' } },
  WebChat: {
    channelId: 'WebChat',
    configuration: example('WebChat'),
    replacement: { configuration: { start: [{ text: 'Hi', type: 'text' }], allowedOrigins: ['hubster.io'] } },
    patch: { configuration: { allowedOrigins: ['localhost'] } },
  },
  'Direct with a webhook': {
    channelId: 'Direct',
    configuration: { ...example('Direct'), start: [{ type: 'text', text: 'Hi' }] },
    replacement: { configuration: { webhookUrl: 'https://other.io/in', echo: false, integrationType: 'Bot' } },
    patch: { configuration: { echo: true, regenerateKeys: true } },
  },
  'Direct without a webhook': {
    channelId: 'Direct',
    configuration: { integrationType: 'Agent', start: [{ type: 'image', url: 'https://a.io/i.png' }] },
    replacement: { configuration: { integrationType: 'Customer', echo: true } },
    patch: { configuration: { echo: false }, statusId: 3002 },
  },
  System: {
    channelId: 'System',
    configuration: example('System'),
    replacement: { configuration: { events: ['message'], webhookUrl: 'https://other.io/in' } },
    patch: { configuration: { regenerateKeys: true } },
  },
};

let stagedoor: Stagedoor;

const as = () => stagedoor.as('acme-app');
const read = (id: string) => as().get(`/api/v1/integrations/${id}`).expect(200);
const create = ({ channelId, configuration }: Case, name: string) =>
  as().post(HUB).send({ channelId, name, configuration });
const replace = (id: string, body: JsonObject) => as().post(`/api/v1/integrations/hubs/${id}`).send(body);
const patch = (id: string, body: JsonObject) =>
  as().patch(`/api/v1/integrations/${id}`).set('content-type', MERGE_PATCH).send(JSON.stringify(body));

/** The response to a write as text, without warnings. */
function shown(text: string): string {
  const { warnings: _warnings, ...integration } = JSON.parse(text);
  return JSON.stringify(integration);
}

const warningsOf = ({ body }: Response): unknown =>
  body.warnings?.map(({ code, pointer }: Record<string, string>) => `${code} ${pointer}`);

type Response = Awaited<ReturnType<typeof read>>;

/** The write shows exactly what the next read shows, and its tag is the tag of that read. */
async function expectNextRead(write: Response): Promise<string> {
  expect([write.status, write.headers['etag']]).toEqual([200, expect.stringMatching(/^".+"$/)]);
  const etag = write.headers['etag'] ?? '';
  const next = await read(write.body.integrationId);
  expect(shown(write.text)).toBe(next.text);
  expect(next.headers['etag']).toBe(etag);
  const { status } = await as().get(`/api/v1/integrations/${write.body.integrationId}`).set('if-none-match', etag);
  expect(status).toBe(304);
  return etag;
}

describe.each([true, false])('a write responds with the representation of the next read (quirks: %s)', (quirks) => {
  beforeAll(async () => {
    stagedoor = await startStagedoor({ quirks });
  });
  afterAll(() => stagedoor.close());

  it.each(Object.entries(CASES))('%s: created, replaced and patched under If-Match [S-771]', async (what, one) => {
    // Every second Get of TwilioSMS has another shape (S-206, S-401).
    for (const name of [`${what} 1`, `${what} 2`]) {
      const created = await create(one, name);
      const id = created.body.integrationId;
      const etag = await expectNextRead(created);
      const body = { ...one.replacement, name: `${name} replaced` };
      const replaced = await expectNextRead(await replace(id, body).set('if-match', etag));
      const patched = await patch(id, { ...one.patch, name: `${name} patched` }).set('if-match', replaced);
      await expectNextRead(patched);
      expect((await patch(id, { name: 'outdated' }).set('if-match', etag)).status).toBe(412);
    }
  });
});

describe('the read after a write', () => {
  const twilio = { channelId: 'TwilioSMS', configuration: example('TwilioSMS'), replacement: frozen, patch: frozen };

  beforeEach(async () => {
    stagedoor = await startStagedoor({ hubs: { acme: [HUBS.acme] } });
  });
  afterEach(() => stagedoor.close());

  /** The next read of an integration is served as it is, and those after it with a fault. */
  async function faultOfSecondRead(effect: object): Promise<void> {
    await stagedoor.fault({ match: { method: 'GET', path: ONE }, times: 1, effect: {} });
    await stagedoor.fault({ match: { method: 'GET', path: ONE }, times: 3, effect });
  }

  /** The methods of the requests that Hubster receives during a write. */
  async function callsOf(write: PromiseLike<Response>): Promise<readonly string[]> {
    const before = (await stagedoor.hubsterCalls()).length;
    expect((await write).status).toBe(200);
    return (await stagedoor.hubsterCalls()).slice(before).map(({ method }) => method);
  }

  it('is sent only where the response to the write lacks members [S-771]', async () => {
    for (const [name, one] of Object.entries(CASES)) {
      const after = ['WebChat', 'System', 'Slack'].includes(one.channelId) ? [] : ['GET'];
      expect([name, await callsOf(create(one, name))]).toEqual([name, ['POST', ...after]]);
      const { body: page } = await as().get('/api/v1/integrations').expect(200);
      const id = page.results.at(-1).integrationId;
      expect([name, await callsOf(replace(id, one.replacement))]).toEqual([name, ['GET', 'POST', ...after]]);
      expect([name, await callsOf(patch(id, { name: 'patched' }))]).toEqual([name, ['GET', 'POST', ...after]]);
      expect(await callsOf(as().delete(`/api/v1/integrations/${id}`))).toEqual(['GET', 'DELETE']);
    }
  });

  it.each([
    ['503', { status: 503 }],
    ['404', { status: 404 }],
    ['a body that cannot be read', { garbage: true }],
    ['a hub that the tenant may not use', { patch: { hubId: HUBS.globex } }],
    ['no response in time', { hang: true }],
  ])('costs the tag and not the write when it ends with %s [S-771]', async (_what, effect) => {
    const inTime = { 'x-request-timeout-ms': '1000' };
    await stagedoor.fault({ match: { method: 'GET', path: ONE }, times: 3, effect });
    const created = await create(twilio, 'one').set(inTime);
    await fetch(`${stagedoor.sandbox.url}/sandbox/faults`, { method: 'DELETE' });
    await faultOfSecondRead(effect);
    const updated = await patch(created.body.integrationId, { name: 'renamed' }).set(inTime);

    for (const [write, name] of [
      [created, 'one'],
      [updated, 'renamed'],
    ] as const) {
      expect(write.status).toBe(200);
      expect(write.headers).not.toHaveProperty('etag');
      expect(write.body).toMatchObject({ hubId: HUBS.acme, name, configuration: { authToken: '********' } });
      expect(warningsOf(write)).toEqual(['not-read ']);
    }
    await stagedoor.app.close();
    const outcomes = (await stagedoor.trail()).filter(({ phase }) => phase === 'outcome');
    expect(outcomes.map(({ action, outcome, status }) => [action, outcome, status])).toEqual([
      ['integration.create', 'success', 200],
      ['integration.update', 'success', 200],
    ]);
  });

  it('shows what somebody else wrote meanwhile, and says that the value of the request is not there [S-771]', async () => {
    const { body } = await create(twilio, 'one');
    await faultOfSecondRead({ patch: { name: 'theirs' } });
    const updated = await patch(body.integrationId, { name: 'ours' });
    expect([updated.body.name, warningsOf(updated)]).toEqual(['theirs', ['not-applied /name']]);
    // The fault patches the next read, too.
    await expectNextRead(updated);
  });

  it('follows a response that does not show the name that was sent [S-313]', async () => {
    const { body } = await create(CASES['WebChat'] ?? twilio, 'one');
    await stagedoor.fault({ match: { method: 'POST' }, effect: { apply: true, patch: { name: 'old' } } });
    const updated = await patch(body.integrationId, { name: 'new' });
    expect([updated.body.name, warningsOf(updated)]).toEqual(['new', undefined]);
    await expectNextRead(updated);
  });

  it('follows a create that was found in a list, and not an update that was found by Get [S-762, S-771]', async () => {
    const lost = { match: { method: 'POST', path: '^/api/v1/' }, effect: { apply: true, status: 503 } };
    await stagedoor.fault(lost);
    const created = await create(twilio, 'one');
    await expectNextRead(created);
    await stagedoor.fault(lost);
    const before = (await stagedoor.hubsterCalls()).length;
    const updated = await patch(created.body.integrationId, { name: 'renamed' });
    expect((await stagedoor.hubsterCalls()).slice(before).map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
    await expectNextRead(updated);
  });

  it('is part of the response that a repeated Idempotency-Key gets [S-760, S-771]', async () => {
    const key = { 'idempotency-key': 'a-key-of-sixteen' };
    const first = await create(twilio, 'one').set(key);
    const again = await create(twilio, 'one').set(key);
    expect([again.text, again.headers['etag'], again.headers['idempotency-replayed']]).toEqual([
      ...[first.text, first.headers['etag'], 'true'],
    ]);
    await expectNextRead(again);
  });

  it('counts as an attempt in Server-Timing [S-771]', async () => {
    const { headers } = await create(twilio, 'one');
    expect(headers['server-timing']).toContain('attempts;desc="2"');
  });

  it('is not needed for the order of members: the view has one of its own [S-771]', async () => {
    const { body } = await create(CASES['WebChat'] ?? twilio, 'one');
    const id = body.integrationId;
    const url = `${stagedoor.sandbox.url}/api/v1/integrations/${id}`;
    const authorization = `Bearer ${await stagedoor.portalToken()}`;
    const shownByHubster = await (await fetch(url, { headers: { authorization } })).text();
    const reversed = JSON.parse(shownByHubster, (_key, value: unknown) =>
      isJsonObject(value) ? Object.fromEntries(Object.entries(value).reverse()) : value,
    );
    await stagedoor.fault({ match: { method: 'POST' }, effect: { apply: true, json: { ...reversed, name: 'new' } } });
    expect(await expectNextRead(await patch(id, { name: 'new' }))).not.toBe('');
  });
});
