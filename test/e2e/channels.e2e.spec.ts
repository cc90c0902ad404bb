import { CHANNELS } from '../../src/channels/channel-registry';
import { MASK } from '../../src/secrets/secret';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

/** The life of an integration over HTTP, the same for each of the six channels. */
describe.each(CHANNELS.filter((channel) => channel.isCreatable).map((channel) => [channel.id, channel] as const))(
  'an integration of %s',
  (channelId, channel) => {
    let stagedoor: Stagedoor;
    let integrationId: string;
    const body = { channelId, name: `e2e ${channelId}`, configuration: channel.example };

    beforeAll(async () => {
      stagedoor = await startStagedoor();
    });
    afterAll(() => stagedoor.close());

    it('is created with 200, and returned as a view with masked secrets [S-100, S-101, S-111, S-245, S-255]', async () => {
      const { body: created, headers } = await stagedoor
        .as('acme-app')
        .post(`/api/v1/integrations/hubs/${HUBS.acme}`)
        .send(body)
        .expect(200);
      expect(created).toMatchObject({ hubId: HUBS.acme, channelId, name: body.name, statusId: 3000 });
      for (const { name, secret, readOnly } of channel.fields) {
        if (secret && readOnly) expect(created.configuration[name] ?? MASK).toBe(MASK);
      }
      const type = channel.integrationType === 'configuration.integrationType' ? 'Agent' : channel.integrationType;
      expect(created.integrationTypeId).toBe(type);
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['etag']).toMatch(/^".+"$/);
      integrationId = created.integrationId;
    });

    it('was sent with statusId 3000 [S-105]', async () => {
      const [create] = (await stagedoor.hubsterCalls()).filter(({ method }) => method === 'POST');
      expect(create).toMatchObject({
        path: `/api/v1/integrations/hubs/${HUBS.acme}`,
        body: { statusId: 3000, channelId },
      });
    });

    it('is read in the same shape', async () => {
      const { body: read, headers } = await stagedoor
        .as('acme-app')
        .get(`/api/v1/integrations/${integrationId}`)
        .expect(200);
      expect(read).toMatchObject({ integrationId, channelId, name: body.name });
      expect(headers['cache-status']).toBe('stagedoor; fwd=miss; stored');
      const again = await stagedoor.as('acme-app').get(`/api/v1/integrations/${integrationId}`).expect(200);
      expect(again.headers['cache-status']).toMatch(/^stagedoor; hit; ttl=\d+$/);
      expect(again.body).toEqual(read);
    });

    it('is listed by its channel, as an array [S-500]', async () => {
      const { body: list } = await stagedoor
        .as('acme-app')
        .get(`/api/v1/integrations/hubs/${HUBS.acme}/${channelId.toLowerCase()}`)
        .expect(200);
      expect(list).toHaveLength(1);
      expect(list[0]).toMatchObject({ integrationId, channelId });
    });

    it('is listed in the collection, as a page [S-600]', async () => {
      const { body: page } = await stagedoor.as('acme-app').get('/api/v1/integrations').expect(200);
      expect(page).toMatchObject({ pageNumber: 0, pageSize: 50, total: 1, results: [{ integrationId }] });
    });

    it('is paused and renamed by POST, which sends no configuration [S-301, S-305]', async () => {
      const { body: updated } = await stagedoor
        .as('acme-app')
        .post(`/api/v1/integrations/hubs/${integrationId}`)
        .send({ name: `${body.name} renamed`, statusId: 3002 })
        .expect(200);
      expect(updated).toMatchObject({ integrationId, name: `${body.name} renamed`, statusId: 3002 });
      const sent = (await stagedoor.hubsterCalls()).findLast(({ method }) => method === 'POST');
      expect(sent?.body).toEqual({ name: `${body.name} renamed`, statusId: 3002 });
      const { body: read } = await stagedoor.as('acme-app').get(`/api/v1/integrations/${integrationId}`).expect(200);
      expect(read.statusId).toBe(3002);
    });

    it('accepts its view by POST without a change [S-315, S-325]', async () => {
      const { body: read } = await stagedoor.as('acme-app').get(`/api/v1/integrations/${integrationId}`).expect(200);
      const { body: updated } = await stagedoor
        .as('acme-app')
        .post(`/api/v1/integrations/hubs/${integrationId}`)
        .send(read)
        .expect(200);
      expect(updated).toMatchObject({ integrationId, name: read.name, statusId: 3002 });
      expect(updated.warnings.length).toBeGreaterThan(0);
      const { body: again } = await stagedoor.as('acme-app').get(`/api/v1/integrations/${integrationId}`).expect(200);
      expect(again.secrets).toEqual(read.secrets);
    });

    it('is updated in part by PATCH [S-326]', async () => {
      const { body: patched } = await stagedoor
        .as('acme-app')
        .patch(`/api/v1/integrations/${integrationId}`)
        .set('content-type', 'application/merge-patch+json')
        .send(JSON.stringify({ statusId: 3000 }))
        .expect(200);
      expect(patched).toMatchObject({ integrationId, statusId: 3000, name: `${body.name} renamed` });
    });

    it('has a configuration that is replaced, or frozen [S-310]', async () => {
      const frozen = channel.configurationUpdate === 'frozen';
      const changed = frozen ? { accountSid: 'another' } : channel.example;
      const response = await stagedoor
        .as('acme-app')
        .post(`/api/v1/integrations/hubs/${integrationId}`)
        .send({ configuration: changed });
      expect(response.status).toBe(frozen ? 409 : 200);
      if (frozen) expect(response.body).toMatchObject({ code: 'configuration-frozen', retryable: false });
    });

    it('is deleted with 200 and an empty body, and then is 404 [S-320]', async () => {
      const { text } = await stagedoor
        .as('acme-app')
        .delete(`/api/v1/integrations/${integrationId}`)
        .set('content-type', 'application/json')
        .expect(200);
      expect(text).toBe('');
      const { body: problem } = await stagedoor.as('acme-app').get(`/api/v1/integrations/${integrationId}`).expect(404);
      expect(problem).toMatchObject({ code: 'not-found', status: 404, errors: [{ code: 799 }] });
    });

    it('leaves an intent and an outcome for each mutation', async () => {
      await stagedoor.close();
      stagedoor = await startStagedoor();
      const created = await stagedoor
        .as('acme-app')
        .post(`/api/v1/integrations/hubs/${HUBS.acme}`)
        .send(body)
        .expect(200);
      await stagedoor.as('acme-app').delete(`/api/v1/integrations/${created.body.integrationId}`).expect(200);
      await stagedoor.app.close();
      const records = (await stagedoor.trail()).filter(({ action }) => action !== undefined);
      expect(records.map(({ phase, action, outcome }) => [phase, action, outcome])).toEqual([
        ['intent', 'integration.create', undefined],
        ['outcome', 'integration.create', 'success'],
        ['intent', 'integration.delete', undefined],
        ['outcome', 'integration.delete', 'success'],
      ]);
      const [intent, outcome] = records;
      expect(outcome).toMatchObject({
        intentId: intent?.['id'],
        target: { type: 'integration', id: created.body.integrationId },
        caller: 'acme-app',
        tenant: 'acme',
        status: 200,
      });
    });
  },
);
