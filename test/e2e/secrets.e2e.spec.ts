import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const SECRET = 'cb8c5367c3c4586e';

describe('POST /api/v1/integrations/{id}/secrets/{field}/compare', () => {
  let stagedoor: Stagedoor;
  let id: string;

  beforeAll(async () => {
    stagedoor = await startStagedoor({
      callers: [
        { id: 'acme-app', tenants: ['acme'] },
        { id: 'other', tenants: ['acme'] },
        { id: 'many', tenants: ['acme'] },
        { id: 'recorded', tenants: ['acme'] },
        { id: 'updating', tenants: ['acme'] },
        { id: 'globex-app', tenants: ['globex'] },
      ],
    });
    const configuration = { authToken: SECRET, accountSid: 'AC1fc1c1722444', numberSid: 'PN667435536f4d' };
    const { body } = await stagedoor
      .as('acme-app')
      .post(`/api/v1/integrations/hubs/${HUBS.acme}`)
      .send({ channelId: 'TwilioSMS', name: 'compared', configuration })
      .expect(200);
    id = body.integrationId;
  });
  afterAll(() => stagedoor.close());

  const compare = (value: unknown, { field = 'authToken', caller = 'acme-app', target = id } = {}) =>
    stagedoor.as(caller).post(`/api/v1/integrations/${target}/secrets/${field}/compare`).send({ value });

  it('returns whether the value matches, and never a value', async () => {
    expect((await compare(SECRET).expect(200)).body).toEqual({ match: true });
    for (const value of ['x', SECRET.slice(1), `${SECRET} `, SECRET.toUpperCase(), '********']) {
      const { body, text } = await compare(value).expect(200);
      expect(body).toEqual({ match: false });
      expect(text).not.toContain(value);
    }
  });

  it('compares only fields declared as secret, and only integrations of the tenant', async () => {
    expect((await compare('AC1fc1c1722444', { field: 'accountSid' }).expect(400)).body.errors).toEqual([
      expect.objectContaining({ code: 206, parameter: 'field' }),
    ]);
    await compare('x', { field: '__proto__' }).expect(400);
    await compare(SECRET, { caller: 'globex-app' }).expect(404);
    await compare(SECRET, { target: 'no-guid' }).expect(400);
  });

  it.each([
    [{}, ['301 /value']],
    [{ value: 1 }, ['302 /value']],
    [{ value: '' }, ['302 /value']],
    [{ value: SECRET, more: SECRET }, ['303 /more']],
  ])('rejects the body of case %#', async (sent, expected) => {
    const { body, text } = await stagedoor
      .as('other')
      .post(`/api/v1/integrations/${id}/secrets/authToken/compare`)
      .send(sent)
      .expect(400);
    expect(body.errors.map(({ code, pointer }: { code: number; pointer: string }) => `${code} ${pointer}`)).toEqual(
      expected,
    );
    expect(text).not.toContain(SECRET);
  });

  it('allows ten a minute for each caller, then responds with 429', async () => {
    const caller = 'many';
    for (let attempt = 0; attempt < 10; attempt += 1) await compare(`guess ${attempt}`, { caller }).expect(200);
    const { body, headers } = await compare(SECRET, { caller }).expect(429);
    expect(body).toMatchObject({ code: 'rate-limited', retryable: true });
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(6);
    await compare(SECRET, { caller: 'other' }).expect(200);
  });

  it('counts and records an update with a value for a frozen secret as a comparison', async () => {
    const update = (authToken: string) =>
      stagedoor.as('updating').patch(`/api/v1/integrations/${id}`).send({ configuration: { authToken } });
    await update(SECRET).set('x-request-id', 'was-right').expect(200);
    await update('wrong').set('x-request-id', 'was-wrong').expect(409);
    await update('wrong').set('prefer', 'handling=lenient').expect(200);
    await compare('wrong', { caller: 'updating' }).expect(200);
    for (let attempt = 4; attempt < 10; attempt += 1) await update('wrong').expect(409);
    const { body } = await update(SECRET).expect(429);
    expect(body).toMatchObject({ code: 'rate-limited', retryable: true });
    await update('********').expect(200);

    const compared = (await stagedoor.trail()).filter(({ action }) => action === 'secret.compare');
    const target = { type: 'integration', id, pointer: '/configuration/authToken' };
    for (const requestId of ['was-right', 'was-wrong']) {
      expect(compared).toContainEqual(expect.objectContaining({ requestId, caller: 'updating', target }));
    }
  });

  it('records each comparison with its field, rejected ones, too, and never the value', async () => {
    const caller = 'recorded';
    await compare('guess of the record', { caller }).set('x-request-id', 'compared').expect(200);
    await compare('', { caller }).set('x-request-id', 'refused').expect(400);
    await compare('guess of the record', { caller, field: 'accountSid' }).set('x-request-id', 'no-secret').expect(400);
    await stagedoor.app.close();
    const trail = (await stagedoor.trail()).filter(({ action }) => action === 'secret.compare');
    const about = { caller, tenant: 'acme', target: { type: 'integration', id, pointer: '/configuration/authToken' } };
    const rejected = { outcome: 'refused', code: 'validation-failed' };

    expect(trail).toContainEqual(expect.objectContaining({ ...about, requestId: 'compared', outcome: 'success' }));
    expect(trail).toContainEqual(expect.objectContaining({ ...about, ...rejected, requestId: 'refused' }));
    // A field that is not declared as a secret may contain a misplaced one.
    const target = { type: 'integration', id };
    expect(trail).toContainEqual(expect.objectContaining({ ...rejected, requestId: 'no-secret', target }));
    expect(trail.filter(({ code }) => code === 'rate-limited')).toHaveLength(1);
    expect(JSON.stringify(trail)).not.toMatch(/guess|cb8c5367/);
    expect(stagedoor.logs.join('')).not.toMatch(/guess|cb8c5367/);
  });
});

it('does not mask secrets of a tenant in log lines of others, even if they are words of the log', async () => {
  const words = ['integration', 'globex-app', 'requestId'];
  const stagedoor = await startStagedoor({ shown: words });
  for (const [index, authToken] of words.entries()) {
    const configuration = { authToken, accountSid: 'AC1fc1c1722444', numberSid: `PN${index}` };
    await stagedoor
      .as('acme-app')
      .post(`/api/v1/integrations/hubs/${HUBS.acme}`)
      .send({ channelId: 'TwilioSMS', name: authToken, configuration })
      .expect(200);
  }
  await stagedoor.as('globex-app').get('/api/v1/integrations').set('x-request-id', 'by-another').expect(200);
  await stagedoor.close();

  const line = stagedoor.logs.find((text) => text.includes('by-another') && text.includes('"msg":"request"')) ?? '{}';
  expect(JSON.parse(line)).toMatchObject({
    requestId: 'by-another',
    route: '/api/v1/integrations',
    caller: 'globex-app',
  });
});
