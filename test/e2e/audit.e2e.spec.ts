import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
const webChat = { channelId: 'WebChat', name: 'audited', configuration: { allowedOrigins: ['localhost'] } };

describe('the audit trail', () => {
  let stagedoor: Stagedoor;

  beforeEach(async () => {
    stagedoor = await startStagedoor();
  });
  afterEach(() => stagedoor.close());

  /** Closes the service first, as responses do not wait for outcomes. */
  const records = async () => {
    await stagedoor.app.close();
    return (await stagedoor.trail()).filter(({ action }) => action !== undefined);
  };

  it('records the changes of an update, secrets as fingerprints', async () => {
    const system = { webhookUrl: 'https://a.io/', events: ['message'] };
    const { body } = await stagedoor
      .as('acme-app')
      .post(HUB)
      .send({ channelId: 'System', name: 'old', configuration: system })
      .expect(200);
    await stagedoor
      .as('acme-app')
      .patch(`/api/v1/integrations/${body.integrationId}`)
      .set('x-request-id', 'the-update')
      .set('x-on-behalf-of', 'somebody')
      .set('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')
      .send({ name: 'new', configuration: { webhookUrl: 'https://b.io/' } })
      .expect(200);
    const intent = (await records()).find(({ requestId, phase }) => requestId === 'the-update' && phase === 'intent');
    expect(intent).toMatchObject({
      action: 'integration.update',
      tenant: 'acme',
      caller: 'acme-app',
      onBehalfOf: 'somebody',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      target: { type: 'integration', id: body.integrationId },
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      changes: [
        { pointer: '/name', from: 'old', to: 'new' },
        { pointer: '/configuration/webhookUrl', from: 'https://a.io/', to: 'https://b.io/' },
      ],
    });
  });

  it('records a rejection once: no credentials, a missing scope, an invalid write', async () => {
    await stagedoor.as().get('/api/v1/me').expect(401);
    await stagedoor.as('reader').delete('/api/v1/cache').expect(403);
    await stagedoor.as('acme-app').post(HUB).send({ channelId: 'WebChat' }).expect(400);
    await stagedoor.as('acme-app').post(HUB).set('content-type', 'text/plain').send('x').expect(415);
    await stagedoor.as('acme-app').patch(`/api/v1/integrations/${HUBS.acme}`).send({ statusId: 3002 }).expect(404);
    const rejections = (await records()).map(({ phase, action, caller, tenant, outcome, status, code }) =>
      [phase, action, caller, tenant, outcome, status, code].join(' '),
    );
    expect(rejections.sort()).toEqual(
      [
        'event access.refused   refused 401 unauthenticated',
        'event access.refused reader acme refused 403 forbidden',
        'event integration.create acme-app acme refused 400 validation-failed',
        'event integration.create acme-app acme refused 415 unsupported-media-type',
        'event integration.update acme-app acme refused 404 not-found',
      ].sort(),
    );
  });

  it('records the rejection of a gateway with its tenant, if it may act for it, and its X-On-Behalf-Of', async () => {
    const callers = [{ id: 'gateway', tenants: '*', scopes: ['integrations:read'] }] as const;
    await stagedoor.close();
    stagedoor = await startStagedoor({ callers });
    const purge = (tenant: string) =>
      stagedoor
        .as('gateway')
        .delete('/api/v1/cache')
        .set({ 'x-tenant-id': tenant, 'x-on-behalf-of': 'alice' })
        .expect(403);
    await purge('acme');
    await purge('nobody');
    expect(await records()).toEqual([
      expect.objectContaining({ caller: 'gateway', tenant: 'acme', onBehalfOf: 'alice', status: 403 }),
      expect.objectContaining({ caller: 'gateway', tenant: null, onBehalfOf: 'alice', status: 403 }),
    ]);
  });

  it('records an intent and a refused outcome for a write that Hubster rejects', async () => {
    await stagedoor.as('acme-app').post(HUB).send(webChat).expect(200);
    await stagedoor.as('acme-app').post(HUB).send(webChat).expect(409);
    const phases = (await records()).map(({ phase, outcome, status, code }) => [phase, outcome, status, code]);
    expect(phases.slice(2)).toEqual([
      ['intent', undefined, undefined, undefined],
      ['outcome', 'refused', 409, 'name-taken'],
    ]);
  });

  it('records reads only with AUDIT_LEVEL=all', async () => {
    await stagedoor.as('acme-app').get('/api/v1/integrations').expect(200);
    expect(await records()).toEqual([]);
    await stagedoor.close();
    stagedoor = await startStagedoor({ env: { AUDIT_LEVEL: 'all' } });
    await stagedoor.as('acme-app').get('/api/v1/integrations').expect(200);
    expect(await records()).toEqual([expect.objectContaining({ action: 'integration.read', outcome: 'success' })]);
  });

  it('rejects a write with 503 before a call while its intent cannot be recorded, serves reads, and recovers [N3]', async () => {
    const blocked = join(stagedoor.directory, 'blocked');
    await writeFile(blocked, 'a file where the directory should be');
    const other = await startStagedoor({ env: { AUDIT_DIR: join(blocked, 'audit') } });
    try {
      const { body, headers } = await other.as('acme-app').post(HUB).send(webChat).expect(503);
      expect(body).toMatchObject({ code: 'audit-unavailable', retryable: true });
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect((await other.hubsterCalls()).filter(({ method }) => method !== 'GET')).toEqual([]);
      await other.as('acme-app').get('/api/v1/integrations').expect(200);
      await rm(blocked);
      await eventually(async () => (await other.as('acme-app').post(HUB).send(webChat)).status === 200);
    } finally {
      await other.close();
    }
  });

  it('keeps the service unready until the first record, and degraded when it fails later', async () => {
    const blocked = join(stagedoor.directory, 'blocked');
    await writeFile(blocked, 'a file where the directory should be');
    const other = await startStagedoor({ env: { AUDIT_DIR: join(blocked, 'audit') } });
    const ready = async () => {
      const { status, body } = await other.as().get('/health/ready');
      return { status, ...body };
    };
    const write = async () => (await other.as('acme-app').post(HUB).send(webChat)).status;
    try {
      expect(other.logs.join('')).toContain('audit.unavailable');
      expect(await ready()).toEqual({ status: 'starting', waitingFor: ['audit'] });
      expect((await other.as().get('/health/ready')).status).toBe(503);
      await other.as().get('/health/live').expect(200);
      await rm(blocked);
      await eventually(async () => (await ready()).status === 'ok');

      await rm(blocked, { recursive: true });
      await writeFile(blocked, 'a file again');
      expect(await write()).toBe(503);
      expect(await ready()).toEqual({ status: 'degraded', degraded: ['audit'] });
      expect((await other.as().get('/health/ready')).status).toBe(200);
      await rm(blocked);
      await eventually(async () => (await write()) !== 503);
    } finally {
      await other.close();
    }
  });
});

/** Polls with a request each time. */
async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}
