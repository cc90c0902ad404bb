import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
const webChat = { channelId: 'WebChat', name: 'x', configuration: { allowedOrigins: ['localhost'] } };
const slack = { channelId: 'Slack', name: 'slack', configuration: { code: 'T1.one', state: 'TODO:' } };
const direct = {
  channelId: 'Direct',
  name: 'direct',
  configuration: { integrationType: 'Agent', webhookUrl: 'https://hook.io/in' },
};

/** One ambiguous response each, over real sockets. */
describe('writes with an ambiguous response', () => {
  let stagedoor: Stagedoor;
  beforeEach(async () => {
    stagedoor = await startStagedoor();
  });
  afterEach(() => stagedoor.close());

  const agent = () => stagedoor.as('acme-app');
  const fault = (method: string, effect: object, times = 1) =>
    stagedoor.fault({ match: { method, path: '^/api/v1/' }, times, effect });
  const sends = async (method = 'POST') => (await stagedoor.hubsterCalls()).filter((entry) => entry.method === method);
  const outcomes = async () =>
    (await stagedoor.trail()).filter(({ phase }) => phase === 'outcome').map(({ outcome }) => outcome);
  /** Polls for background work, as the service runs with the real clock. */
  const until = async (isSo: () => Promise<boolean>) => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  it('a create without a fault makes no extra call', async () => {
    await agent().post(HUB).send(webChat).expect(200);
    expect((await stagedoor.hubsterCalls()).map(({ method }) => method)).toEqual(['POST']);
  });

  it.each([{ status: 500 }, { status: 408 }, { status: 503 }, { status: 504 }, { reset: true }, { garbage: true }])(
    'a create that was carried out behind %j is found and sent once [S-762]',
    async (effect) => {
      await fault('POST', { ...effect, apply: true });
      await agent().post(HUB).send(webChat).expect(200);
      expect(await sends()).toHaveLength(1);
    },
  );

  it('a create that left no trace is sent again after two probes [S-762]', async () => {
    await fault('POST', { status: 500 });
    await agent().post(HUB).send(webChat).expect(200);
    expect((await stagedoor.hubsterCalls()).map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'POST']);
  });

  it('a create is not sent again where the list has an item that cannot be read, as that may be it [S-010, S-762]', async () => {
    const before = (
      await agent()
        .post(HUB)
        .send({ ...webChat, name: 'there before' })
        .expect(200)
    ).body;
    await fault('POST', { reset: true, apply: true });
    await stagedoor.fault({
      ...{ match: { method: 'GET', path: `/hubs/${HUBS.acme}/` }, times: 0 },
      effect: { patch: { integrationId: before.integrationId.slice(0, 8) } },
    });
    const { body } = await agent().post(HUB).set('x-request-timeout-ms', '4500').send(webChat).expect(504);
    expect(body).toMatchObject({ code: 'upstream-timeout', outcome: 'unknown' });
    expect(await sends()).toHaveLength(2);
    await until(async () => (await outcomes()).length === 2);
    expect(await outcomes()).toEqual(['success', 'unknown']);
  });

  it('a different integration with that name is 409 name-taken [S-762]', async () => {
    await agent().post(HUB).send(webChat).expect(200);
    await fault('POST', { status: 500 });
    const other = { ...webChat, configuration: { allowedOrigins: ['hubster.io'] } };
    const { body } = await agent().post(HUB).send(other).expect(409);
    expect(body.code).toBe('name-taken');
  });

  it('PRT000700 after an ambiguous attempt leads to a probe, not to a problem [S-709]', async () => {
    await fault('POST', { status: 500 });
    await fault('POST', { status: 400, body: { status: 400, errors: [{ code: 700 }] }, apply: true });
    await agent().post(HUB).send(webChat).expect(200);
  });

  it('a Slack create is never sent again, and its outcome stays unknown when found: the response names the candidate [S-250]', async () => {
    await fault('POST', { reset: true, apply: true });
    const { body } = await agent().post(HUB).send(slack).expect(504);
    expect(body).toMatchObject({ outcome: 'unknown', retryable: false, candidate: expect.any(String) });
    expect(await sends()).toHaveLength(1);
  });

  it('a Slack create that left no trace is not sent again either [S-250]', async () => {
    await fault('POST', { status: 503 });
    const { body } = await agent().post(HUB).set('x-request-timeout-ms', '4500').send(slack).expect(504);
    expect(body.outcome).toBe('unknown');
    expect(await sends()).toHaveLength(1);
  });

  it('regenerateKeys that was carried out is found by its new key, recorded in the trail and sent once [S-307]', async () => {
    const { body: created } = await agent().post(HUB).send(direct).expect(200);
    await fault('POST', { reset: true, apply: true });
    const { body: updated } = await agent()
      .patch(`/api/v1/integrations/${created.integrationId}`)
      .send({ configuration: { regenerateKeys: true } })
      .expect(200);
    expect(updated.configuration.publicSigningKey).not.toBe(created.configuration.publicSigningKey);
    expect(await sends()).toHaveLength(2);
    await until(async () => (await outcomes()).length === 2);
    const last = (await stagedoor.trail()).findLast(({ phase }) => phase === 'outcome');
    const { fingerprint } = updated.secrets.privateSigningKey;
    expect(last?.['changes']).toContainEqual(
      expect.objectContaining({ pointer: '/configuration/privateSigningKey', to: fingerprint }),
    );
  });

  it('regenerateKeys that left the old key is sent again [S-307]', async () => {
    const { body: created } = await agent().post(HUB).send(direct).expect(200);
    await fault('POST', { status: 500 });
    await agent()
      .patch(`/api/v1/integrations/${created.integrationId}`)
      .send({ configuration: { regenerateKeys: true } })
      .expect(200);
    expect((await sends()).filter(({ applied }) => applied)).toHaveLength(2);
  });

  it.each([
    ['was carried out is found', { status: 503, apply: true }, 1],
    ['left no trace is sent again', { status: 503 }, 2],
  ])('a delete that %s [S-320]', async (_name, effect, times) => {
    const { body: created } = await agent().post(HUB).send(webChat).expect(200);
    await fault('DELETE', effect);
    await agent().delete(`/api/v1/integrations/${created.integrationId}`).expect(200);
    expect(await sends('DELETE')).toHaveLength(times);
  });

  it('an unknown outcome is reported as unknown, and the trail gets the truth', async () => {
    await fault('POST', { hang: true, apply: true });
    const { body } = await agent().post(HUB).set('x-request-timeout-ms', '300').send(webChat).expect(504);
    expect(body).toMatchObject({ code: 'upstream-timeout', outcome: 'unknown', retryable: false });
    await until(async () => (await outcomes()).length === 2);
    expect(await outcomes()).toEqual(['unknown', 'success']);
  });

  it('a client that disconnects does not stop its write', async () => {
    await fault('POST', { delayMs: 300 });
    await agent()
      .post(HUB)
      .timeout(100)
      .send(webChat)
      .catch(() => undefined);
    await until(async () => (await outcomes()).length === 1);
    expect(await outcomes()).toEqual(['success']);
  });
});
