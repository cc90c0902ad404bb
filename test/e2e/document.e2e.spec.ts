import supertest from 'supertest';
import { channelById } from '../../src/channels/channel-registry';
import { isJsonObject } from '../../src/json/json-value';
import { MASK } from '../../src/secrets/secret';
import { SAMPLES, type Sample } from '../contract/document/samples';
import { canary } from '../support/canaries';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const NIL = '00000000-0000-0000-0000-000000000000';
const ACME = { name: 'acme', clientId: 'client.acme', clientSecret: canary('acme').value };

const named = (kind: Sample['kind']) =>
  SAMPLES.filter((sample) => sample.kind === kind).map(
    (sample) => [`${sample.file} L${sample.lines[0]}`, sample] as const,
  );

/** The strings in secret fields of a sample, at any depth. */
function secretsIn(sample: Sample): readonly string[] {
  const channel = channelById(sample.channel);
  const secret = new Set(channel?.fields.filter((field) => field.secret).map(({ name }) => name.toLowerCase()));
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        if (secret.has(key.toLowerCase()) && typeof item === 'string') found.push(item);
        walk(item);
      }
    }
  };
  walk(sample.body);
  return found;
}

describe('every JSON sample of the document [S-011, S-110, S-304]', () => {
  let stagedoor: Stagedoor;
  const create = (body: object) => stagedoor.as('acme-app').post(`/api/v1/integrations/hubs/${HUBS.acme}`).send(body);

  beforeEach(async () => {
    stagedoor ??= await startStagedoor({ sandboxTenants: [{ ...ACME, hubs: [HUBS.acme, NIL] }] });
    await supertest(stagedoor.sandbox.url).post('/sandbox/reset').expect(isOk);
    await stagedoor.as('acme-app').delete('/api/v1/cache').expect(204);
  });
  afterAll(() => stagedoor.close());

  it.each(named('create-request'))('%s is accepted as a create, verbatim', async (_name, sample) => {
    const { text } = await create(Object(sample.body)).expect(200);
    for (const secret of secretsIn(sample)) expect(text).not.toContain(secret);
  });

  it.each(named('create-configuration'))(
    '%s is accepted as the configuration of a create, verbatim',
    async (_name, sample) => {
      const { body, text } = await create({
        channelId: sample.channel,
        name: 'sample',
        configuration: sample.body,
      }).expect(200);
      expect(body).toMatchObject({ channelId: sample.channel, name: 'sample' });
      for (const secret of secretsIn(sample)) expect(text).not.toContain(secret);
    },
  );

  it.each(named('update-request'))(
    '%s is accepted as an update of a Direct integration, verbatim',
    async (_name, sample) => {
      const { body } = await create({
        channelId: 'Direct',
        name: 'before',
        configuration: { integrationType: 'Agent', webhookUrl: 'https://url_end_point.com' },
      }).expect(200);
      const response = await stagedoor
        .as('acme-app')
        .post(`/api/v1/integrations/hubs/${body.integrationId}`)
        .send(Object(sample.body))
        .expect(200);
      expect(response.body).toMatchObject({ integrationId: body.integrationId, name: 'Direct', statusId: 3002 });
      const sent = (await stagedoor.hubsterCalls()).findLast(({ method }) => method === 'POST');
      expect(sent?.body).toMatchObject({ configuration: { integrationType: 'Agent', echo: true } });
    },
  );

  it.each(named('update-configuration'))(
    '%s is accepted as the configuration of an update, verbatim',
    async (_name, sample) => {
      const channel = channelById(sample.channel);
      const { body } = await create({
        channelId: sample.channel,
        name: 'before',
        configuration: channel?.example,
      }).expect(200);
      const { text } = await stagedoor
        .as('acme-app')
        .post(`/api/v1/integrations/hubs/${body.integrationId}`)
        .send({ configuration: sample.body })
        .expect(200);
      expect(text).not.toContain('regenerateKeys');
      expect((await stagedoor.hubsterCalls()).findLast(({ method }) => method === 'POST')?.body).toMatchObject({
        configuration: sample.body,
      });
    },
  );

  it.each(named('response'))('%s is returned in the documented shape, masked', async (_name, sample) => {
    const channel = channelById(sample.channel);
    await seed(sample.body);
    const id = Object(sample.body).integrationId;
    const { body, text } = await stagedoor.as('acme-app').get(`/api/v1/integrations/${id}`).expect(200);
    expect(body).toMatchObject({ integrationId: id, channelId: sample.channel, name: Object(sample.body).name });
    const declared = new Set(channel?.fields.map(({ name }) => name));
    for (const key of Object.keys(body.configuration)) expect(declared).toContain(key);
    const secretFields = channel?.fields.filter(({ secret }) => secret).map(({ name }) => name) ?? [];
    for (const name of secretFields.filter((field) => field in body.configuration)) {
      expect(body.configuration[name]).toBe(MASK);
      expect(body.secrets[name]).toEqual({
        set: true,
        fingerprint: expect.stringMatching(/^fp2:[0-9a-f]{4}\.[a-z2-7]{16}$/),
      });
    }
    for (const secret of secretsIn(sample)) expect(text).not.toContain(secret);
  });

  it.each(named('list-response'))('%s is returned as an array, masked [S-503, S-505, S-508]', async (_name, sample) => {
    const items: readonly object[] = Object(sample.body);
    for (const item of items) await seed(item);
    const { body, text } = await stagedoor.as('acme-app').get(`/api/v1/integrations/hubs/${NIL}/Direct`).expect(200);
    expect(body).toHaveLength(items.length);
    expect(body[0].configuration).toEqual({
      webhookUrl: 'http://localhost:5100/v1/api/integration?customer=1',
      publicSigningKey: '6DF60E ...',
      privateSigningKey: MASK,
      echo: false,
      welcomeMessage: 'Welcome to Hubster! How can we help you?',
    });
    expect(body[1]).toMatchObject({ configuration: { echo: true }, secrets: {} });
    for (const secret of secretsIn(sample)) expect(text).not.toContain(secret);
  });

  it.each(named('page-response'))(
    '%s has hubs in place of integrations and is 502 upstream-invalid [S-605]',
    async (_name, sample) => {
      await stagedoor.fault({ match: { path: '^/api/v1/integrations$' }, effect: { json: sample.body } });
      const { body } = await stagedoor.as('acme-app').get('/api/v1/integrations').expect(502);
      expect(body.code).toBe('upstream-invalid');
    },
  );

  async function seed(integration: unknown): Promise<void> {
    await supertest(stagedoor.sandbox.url)
      .post('/sandbox/integrations')
      .send({ tenant: 'acme', integration, raw: true })
      .expect(isOk);
  }
});

function isOk({ status, text }: { readonly status: number; readonly text: string }): void {
  if (status >= 300) throw new Error(`the sandbox responded with ${status}: ${text}`);
}
