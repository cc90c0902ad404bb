import supertest from 'supertest';
import { CHANNELS } from '../../src/channels/channel-registry';
import {
  Stagedoor as Client,
  isChannel,
  isProblem,
  NoResponseError,
  type StagedoorOptions,
} from '../../src/client/client.ts';
import { systemTiming, type Timing } from '../../src/client/retries.ts';
import { MASK } from '../../src/secrets/secret';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const MISSING = '00000000-0000-4000-8000-00000000dead';
const TWILIO = {
  channelId: 'TwilioSMS',
  name: 'Support line',
  configuration: {
    authToken: 'f93b7d0e61a2c84d5be07193ac6',
    accountSid: 'AC1fc1c1722444b0c6313d3ae',
    numberSid: 'PN667435536f4',
  },
} as const;
const DIRECT = {
  channelId: 'Direct',
  name: 'Web app',
  configuration: { integrationType: 'Customer', webhookUrl: 'https://acme.example/hubster' },
} as const;

/** Waits between attempts take no time; the timeout of a call does. */
const WITHOUT_WAITS: Timing = {
  ...systemTiming,
  after: (ms, wake) => systemTiming.after(ms < 20_000 ? 0 : ms, wake),
};

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

async function listOf<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('the client against the service', () => {
  let stagedoor: Stagedoor;
  let client: Client;

  const clientOf = (caller: string, options: Partial<StagedoorOptions> = {}) =>
    new Client({ baseUrl: stagedoor.url, apiKey: stagedoor.keyOf(caller), ...options }, WITHOUT_WAITS);
  const timed = () => new Client({ baseUrl: stagedoor.url, apiKey: stagedoor.keyOf('acme-app') });
  const creates = async () =>
    (await stagedoor.hubsterCalls()).filter(({ method, applied }) => method === 'POST' && applied);

  beforeAll(async () => {
    stagedoor = await startStagedoor();
    client = clientOf('acme-app');
  });
  beforeEach(async () => {
    await supertest(stagedoor.sandbox.url)
      .post('/sandbox/reset')
      .expect(({ status }) => expect(status).toBeLessThan(300));
    await client.purgeCache();
  });
  afterAll(() => stagedoor.close());

  it('creates, reads, updates, patches and deletes an integration', async () => {
    const created = await client.integrations.create(HUBS.acme, DIRECT);
    const id = created.integrationId;
    expect(isChannel(created, 'Direct') && created.configuration.privateSigningKey).toBe(MASK);
    expect(isChannel(created, 'Slack')).toBe(false);
    expect(await client.integrations.get(id)).toMatchObject({ name: 'Web app', channelId: 'Direct' });

    const updated = await client.integrations.update(id, { ...created, name: 'Web' });
    expect(updated).toMatchObject({ integrationId: id, name: 'Web' });
    const patched = await client.integrations.patch(id, {
      statusId: 3002,
      configuration: { webhookUrl: 'https://acme.example/new' },
    });
    expect(patched).toMatchObject({
      name: 'Web',
      statusId: 3002,
      configuration: { webhookUrl: 'https://acme.example/new' },
    });
    expect(await client.integrations.listByChannel(HUBS.acme, 'Direct')).toHaveLength(1);

    await client.integrations.delete(id);
    expect(isProblem(await failureOf(client.integrations.get(id)), 'not-found')).toBe(true);
  });

  it('never creates by an update, and never updates by a create', async () => {
    const { integrationId, ...rest } = await client.integrations.create(HUBS.acme, DIRECT);
    // What the compiler forbids.
    const withoutId = JSON.parse(JSON.stringify(rest));
    await expect(client.integrations.update(HUBS.acme, withoutId)).rejects.toThrow(TypeError);
    await expect(client.integrations.update(HUBS.acme, { ...rest, integrationId })).rejects.toThrow(TypeError);
    await expect(client.integrations.create(integrationId, JSON.parse('{"name":"x"}'))).rejects.toThrow(TypeError);
    expect(await creates()).toHaveLength(1);
  });

  it('iterates over pages, and over nothing', async () => {
    expect(await listOf(client.integrations.all())).toEqual([]);
    const names = Array.from({ length: 7 }, (_, index) => `Web app ${index}`);
    for (const name of names) await client.integrations.create(HUBS.acme, { ...DIRECT, name });
    const read = await listOf(client.integrations.all({ pageSize: 3 }, { fresh: true }));
    expect(read.map(({ name }) => name).sort()).toEqual(names);
    const pages = (await stagedoor.hubsterCalls()).filter(({ path }) => path === '/api/v1/integrations');
    expect(pages.slice(-3).map(({ query }) => query)).toMatchObject([
      { pageNumber: '0' },
      { pageNumber: '1' },
      { pageNumber: '2' },
    ]);
  });

  it.each([
    ['took effect', true],
    ['took no effect', false],
  ])('makes exactly one integration of a create whose first request %s without a response', async (_name, apply) => {
    await stagedoor.fault({ match: { method: 'POST', path: '^/api/v1/' }, effect: { hang: true, apply } });
    const statuses: number[] = [];
    const hurried = clientOf('acme-app', {
      fetch: async (input, init) => {
        const headers = new Headers(init?.headers);
        if (statuses.length === 0) headers.set('X-Request-Timeout-Ms', '300');
        const response = await fetch(input, { ...init, headers });
        statuses.push(response.status);
        return response;
      },
    });
    const created = await hurried.integrations.create(HUBS.acme, TWILIO);
    expect(statuses).toEqual([504, 200]);
    expect(created.name).toBe('Support line');
    expect(await creates()).toHaveLength(1);
    expect(await client.integrations.listByChannel(HUBS.acme, 'TwilioSMS')).toHaveLength(1);
  });

  it('makes exactly one integration of a create whose response is lost on its way', async () => {
    let isLost = false;
    const unlucky = clientOf('acme-app', {
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        if (isLost) return response;
        isLost = true;
        throw new TypeError('fetch failed');
      },
    });
    const created = await unlucky.integrations.create(HUBS.acme, TWILIO);
    expect(created.lastResponse.isReplay).toBe(true);
    expect(await creates()).toHaveLength(1);
  });

  it('ends a create without a key with its unknown outcome', async () => {
    await stagedoor.fault({ match: { method: 'POST', path: '^/api/v1/' }, effect: { hang: true } });
    const error = await failureOf(
      timed().integrations.create(HUBS.acme, TWILIO, { idempotencyKey: false, timeoutMs: 600 }),
    );
    if (!isProblem(error, 'upstream-timeout')) throw error;
    expect(error.outcome).toBe('unknown');
  });

  it('gets the stored response for a key that it gives again', async () => {
    const options = { idempotencyKey: 'order-4711-support-line' };
    const first = await client.integrations.create(HUBS.acme, TWILIO, options);
    const second = await client.integrations.create(HUBS.acme, TWILIO, options);
    expect(second).toEqual(first);
    expect([first, second].map(({ lastResponse }) => lastResponse.isReplay)).toEqual([false, true]);
    const error = await failureOf(client.integrations.create(HUBS.acme, DIRECT, options));
    expect(isProblem(error, 'idempotency-mismatch')).toBe(true);
  });

  it('rejects a write to another version, and reports whether one changed', async () => {
    const { integrationId: id } = await client.integrations.create(HUBS.acme, DIRECT);
    const read = await client.integrations.get(id);
    expect(await client.integrations.getIfChanged(id, read)).toBeUndefined();
    await client.integrations.patch(id, { name: 'Renamed' }, { ifMatch: read });
    for (const ifMatch of [read, read.lastResponse.etag]) {
      const error = await failureOf(client.integrations.patch(id, { name: 'Lost' }, { ifMatch }));
      expect(isProblem(error, 'precondition-failed')).toBe(true);
    }
    expect(await client.integrations.getIfChanged(id, read)).toMatchObject({ name: 'Renamed' });
  });

  it('modifies again what another has changed meanwhile, and stops after five times', async () => {
    const { integrationId: id } = await client.integrations.create(HUBS.acme, DIRECT);
    const other = clientOf('acme-app');
    let rounds = 0;
    const modified = await client.integrations.modify(id, async ({ name }) => {
      rounds += 1;
      if (rounds < 3) await other.integrations.patch(id, { name: `Renamed ${rounds}` });
      return { name: `${name}, modified` };
    });
    expect(modified.name).toBe('Renamed 2, modified');
    expect(await client.integrations.modify(id, () => undefined)).toMatchObject({ name: modified.name });

    rounds = 0;
    const error = await failureOf(
      client.integrations.modify(id, async () => {
        rounds += 1;
        await other.integrations.patch(id, { name: `Renamed again ${rounds}` });
        return { statusId: 3002 };
      }),
    );
    expect(isProblem(error, 'precondition-failed')).toBe(true);
    expect(rounds).toBe(5);
  });

  it('narrows a conflict by its code, without a secret in it', async () => {
    const created = await client.integrations.create(HUBS.acme, TWILIO);
    const taken = await failureOf(client.integrations.create(HUBS.acme, { ...DIRECT, name: TWILIO.name }));
    expect(isProblem(taken, 'name-taken', 'channel-taken')).toBe(true);
    const configuration = { authToken: '0d4e8a7b91c35f62' };
    const frozen = await failureOf(client.integrations.patch(created.integrationId, { configuration }));
    if (!isProblem(frozen, 'configuration-frozen')) throw frozen;
    expect(frozen.status).toBe(409);
    expect(JSON.stringify(frozen) + frozen.stack).not.toContain('secret');

    const lenient = await client.integrations.patch(
      created.integrationId,
      { name: 'New', configuration },
      { lenient: true },
    );
    expect(lenient).toMatchObject({ name: 'New', warnings: [expect.objectContaining({ code: expect.any(String) })] });
  });

  it('reports each violation of a request', async () => {
    const error = await failureOf(client.integrations.create(HUBS.acme, { ...DIRECT, name: '' }));
    if (!isProblem(error, 'validation-failed')) throw error;
    expect(error.errors).toMatchObject([{ pointer: '/name', code: expect.any(Number) }]);
  });

  it('is aborted while Hubster does not respond', async () => {
    await stagedoor.fault({ match: { method: 'GET' }, effect: { hang: true } });
    const controller = new AbortController();
    const failure = failureOf(client.integrations.get(MISSING, { signal: controller.signal }));
    while ((await stagedoor.hubsterCalls()).length === 0) await new Promise(setImmediate);
    controller.abort('the user went back');
    expect(await failure).toBe('the user went back');
  });

  it('lets Stagedoor end a call in the time that it has', async () => {
    await stagedoor.fault({ match: { method: 'GET' }, effect: { hang: true } });
    const error = await failureOf(timed().integrations.get(MISSING, { timeoutMs: 600 }));
    expect(isProblem(error, 'upstream-timeout')).toBe(true);
  });

  it('names a tenant by client or by call', async () => {
    const gateway = clientOf('gateway', { tenant: 'acme' });
    expect((await gateway.me()).tenant).toBe('acme');
    expect((await gateway.me({ tenant: 'globex' })).tenant).toBe('globex');
    const { integrationId } = await gateway.integrations.create(HUBS.acme, DIRECT, { onBehalfOf: 'ada@acme.example' });
    const foreign = await failureOf(gateway.integrations.get(integrationId, { tenant: 'globex' }));
    expect(isProblem(foreign, 'not-found')).toBe(true);
    expect(await stagedoor.trail()).toContainEqual(expect.objectContaining({ onBehalfOf: 'ada@acme.example' }));
  });

  it('reads channels and audit events, and compares secrets', async () => {
    expect((await client.channels.list()).map(({ channelId }) => channelId)).toEqual(CHANNELS.map(({ id }) => id));
    expect(await client.channels.get('Slack')).toMatchObject({ channelId: 'Slack', isCreatable: true });

    const { integrationId: id } = await client.integrations.create(HUBS.acme, TWILIO);
    expect(await client.integrations.compareSecret(id, 'authToken', TWILIO.configuration.authToken)).toBe(true);
    expect(await client.integrations.compareSecret(id, 'authToken', '0d4e8a7b91c35f62')).toBe(false);
    const events = await listOf(client.auditEvents.all({ target: id, limit: 1 }));
    expect(events.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['secret.compare', 'integration.create']),
    );
  });

  it('verifies the webhooks of Hubster', async () => {
    const { integrationId } = await client.integrations.create(HUBS.acme, DIRECT);
    const sent = { tenant: 'acme', integrationId, body: { text: 'Grüße' } };
    const signed = await supertest(stagedoor.sandbox.url).post('/sandbox/webhooks').send(sent);
    const { headers, body }: { headers: Record<string, string>; body: string } = signed.body;
    expect(await client.webhooks.verify(body, headers)).toMatchObject({ valid: true, integrationId });
    expect(await client.webhooks.verify(new TextEncoder().encode(body), new Headers(headers))).toMatchObject({
      valid: true,
    });
    expect(await client.webhooks.verify(`${body} `, headers)).toMatchObject({ valid: false, reason: 'bad-signature' });
    expect(await client.webhooks.verify(body, {})).toMatchObject({ valid: false, reason: 'missing-header' });
  });

  it('retries a read that is 503, and gives up in the end', async () => {
    const { integrationId } = await client.integrations.create(HUBS.acme, DIRECT);
    const unavailable = { match: { method: 'GET' }, effect: { status: 503 } };
    await stagedoor.fault({ ...unavailable, times: 5 });
    const { lastResponse } = await client.integrations.get(integrationId, { fresh: true });
    expect(lastResponse.status).toBe(200);

    await stagedoor.fault({ ...unavailable, times: 1000 });
    const error = await failureOf(client.integrations.get(MISSING, { fresh: true, retries: 1 }));
    if (!isProblem(error, 'upstream-unavailable')) throw error;
    expect(error).toMatchObject({ status: 503, retryable: true, retryAfterMs: expect.any(Number) });
  });

  it('reports that nothing listens', async () => {
    const nowhere = new Client({ baseUrl: 'http://127.0.0.1:9', apiKey: 'none', retries: 1 }, WITHOUT_WAITS);
    expect(await failureOf(nowhere.me())).toBeInstanceOf(NoResponseError);
  });
});

describe('the client of a caller over its limit', () => {
  it('waits as long as Stagedoor requires', async () => {
    const stagedoor = await startStagedoor({ limits: { acme: 60 } });
    try {
      const statuses: number[] = [];
      const client = new Client({
        baseUrl: stagedoor.url,
        apiKey: stagedoor.keyOf('acme-app'),
        fetch: async (input, init) => {
          const response = await fetch(input, init);
          statuses.push(response.status);
          return response;
        },
      });
      while (!statuses.includes(429)) await client.me();
      expect(statuses.slice(-2)).toEqual([429, 200]);
    } finally {
      await stagedoor.close();
    }
  });
});
