import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
const SAME = 'Sat, 28 Nov 2026 20:00:00 GMT';
const body = (name: string) => ({ channelId: 'WebChat', name, configuration: { allowedOrigins: ['localhost'] } });

describe('conditions of requests [S-770]', () => {
  let stagedoor: Stagedoor;
  let path: string;
  let hubPath: string;
  let etag: string;

  beforeAll(async () => {
    stagedoor = await startStagedoor();
    const created = await as().post(HUB).send(body('one')).expect(200);
    path = `/api/v1/integrations/${created.body.integrationId}`;
    hubPath = `/api/v1/integrations/hubs/${created.body.integrationId}`;
    etag = created.headers['etag'] ?? '';
  });
  afterAll(() => stagedoor.close());

  const as = () => stagedoor.as('acme-app');
  const writesSent = async () => (await stagedoor.hubsterCalls()).filter(({ method }) => method !== 'GET').length;
  const writes: Readonly<Record<string, () => ReturnType<ReturnType<typeof as>['post']>>> = {
    PATCH: () => as().patch(path).send({ name: 'other' }),
    'POST that updates': () => as().post(hubPath).send({ name: 'other' }),
    DELETE: () => as().delete(path),
  };

  it.each(Object.keys(writes))('%s under a condition that does not hold is 412, and is not sent', async (name) => {
    const before = await writesSent();
    for (const headers of [
      { 'if-none-match': '*' },
      { 'if-none-match': etag },
      { 'if-none-match': `"x", W/${etag}` },
      { 'if-none-match': 'no tag' },
      { 'if-match': '"x", "y"' },
      { 'if-match': etag, 'if-none-match': etag },
      { 'if-match': '"x"', 'if-unmodified-since': SAME },
    ]) {
      const response = await writes[name]?.().set(headers);
      expect([headers, response?.status, response?.body.code]).toEqual([headers, 412, 'precondition-failed']);
    }
    expect(await writesSent()).toBe(before);
  });

  it.each([...Object.keys(writes), 'POST that creates'])(
    '%s under a condition that is not evaluated is 400 with its name, and is not sent',
    async (name) => {
      const before = await writesSent();
      for (const [header, parameter] of [
        ['if-unmodified-since', 'If-Unmodified-Since'],
        ['if-schedule-tag-match', 'If-*'],
        ['if', 'If-*'],
      ] as const) {
        const write = writes[name]?.() ?? as().post(HUB).send(body('two'));
        const response = await write.set(header, SAME);
        expect([response.status, response.body.errors?.[0]?.parameter]).toEqual([400, parameter]);
      }
      expect(await writesSent()).toBe(before);
    },
  );

  it.each([
    ['POST', HUB, body('two')],
    ['DELETE', '/api/v1/cache', undefined],
    ['POST', '/api/v1/webhooks/verify', {}],
  ] as const)('%s %s, where nothing has a tag, is 412 with If-Match', async (method, target, sent) => {
    const before = await writesSent();
    const request = method === 'POST' ? as().post(target).send(sent) : as().delete(target);
    const response = await request.set('if-match', '*');
    expect([response.status, response.body.code]).toEqual([412, 'precondition-failed']);
    expect(await writesSent()).toBe(before);
  });

  it('a create may demand that there is nothing yet', async () => {
    await as().post(HUB).set('if-none-match', '*').send(body('new')).expect(200);
  });

  it('a read with If-Match is 412 when it is another one, a hit too', async () => {
    for (const round of ['miss', 'hit']) {
      const statuses = [
        (await as().get(path).set('if-match', '"x"')).status,
        (await as().get(path).set('if-match', etag)).status,
      ];
      expect([round, statuses]).toEqual([round, [412, 200]]);
    }
  });

  it('a write whose condition holds is carried out, and headers for ranges and reads change nothing', async () => {
    const headers = { range: 'bytes=0-1', 'if-range': etag, 'if-modified-since': SAME, 'if-none-match': '"x"' };
    const { status } = await as().patch(path).set(headers).set('if-match', `"y", ${etag}`).send({ name: 'renamed' });
    expect(status).toBe(200);
    await as().delete(path).set('if-none-match', etag).expect(200);
  });

  it('the same Idempotency-Key with another If-None-Match is another request', async () => {
    const key = { 'idempotency-key': 'a-key-of-sixteen' };
    await as().post(HUB).set(key).send(body('keyed')).expect(200);
    await as().post(HUB).set(key).set('if-none-match', '*').send(body('keyed')).expect(422);
  });
});
