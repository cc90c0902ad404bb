import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
/** Of the form of Twilio's tokens, which is also the form of a trace id. */
const AUTH_TOKEN = '6f1c0b7d9a2e4835bd60e17f4c98a35d';
const SLACK_PATH = 'T0AAAA/B0BBBB/cccccccccccccccccccccccc';

/** Texts of callers that the service records or forwards. */
describe('a secret in a text that is recorded or forwarded', () => {
  let stagedoor: Stagedoor;
  let path: string;

  beforeAll(async () => {
    // The response repeats the caller's request id, whatever it contains.
    stagedoor = await startStagedoor({ shown: [AUTH_TOKEN] });
    const { body } = await stagedoor
      .as('acme-app')
      .post(HUB)
      .send({
        channelId: 'TwilioSMS',
        name: 'with a secret',
        configuration: { authToken: AUTH_TOKEN, accountSid: 'AC1', numberSid: 'PN1' },
      })
      .expect(200);
    path = `/api/v1/integrations/${body.integrationId}`;
  });
  afterAll(() => stagedoor.close());

  const everythingRecorded = async () => JSON.stringify(await stagedoor.trail());
  /** Without the bodies, which contain the integration with its secret. */
  const everythingSent = async () => JSON.stringify((await stagedoor.hubsterCalls()).map(({ headers }) => headers));

  it('masks a secret of an integration in the trail and in headers to Hubster', async () => {
    await stagedoor
      .as('acme-app')
      .patch(path)
      .set('x-request-id', `id-${AUTH_TOKEN}`)
      .set('traceparent', `00-${AUTH_TOKEN}-b7ad6b7169203331-01`)
      .set('x-on-behalf-of', `me ${AUTH_TOKEN}`)
      .send({ name: `renamed ${AUTH_TOKEN}` })
      .expect(200)
      .expect('x-request-id', `id-${AUTH_TOKEN}`);
    const trail = await everythingRecorded();
    expect(trail).toContain('"onBehalfOf":"me ********"');
    expect(trail).toContain('"to":"renamed ********"');
    expect(trail).not.toContain(AUTH_TOKEN);
    const sent = await everythingSent();
    expect(sent).toContain('"x-request-id":"id-********"');
    expect(sent).not.toContain(AUTH_TOKEN);
  });

  it("masks the caller's own key in the trail and in headers to Hubster, whole or in parts", async () => {
    const key = stagedoor.keyOf('acme-app');
    const part = key.slice(10, 24);
    await stagedoor
      .as('acme-app')
      .patch(path)
      .set('x-request-id', `mine.${part}`.replaceAll(/[^\w.-]/g, ''))
      .set('x-on-behalf-of', `me ${part}!`)
      .send({ name: 'renamed again' })
      .expect(200);
    const output = (await everythingRecorded()) + (await everythingSent()) + stagedoor.logs.join('');
    expect(output).toContain('renamed again');
    expect(output).not.toContain(part);
  });

  it('records that a masked part of a webhookUrl has changed, without its value', async () => {
    const system = (webhookUrl: string) => ({ webhookUrl, events: ['message'] });
    const { body } = await stagedoor
      .as('acme-app')
      .post(HUB)
      .send({
        channelId: 'System',
        name: 'hook',
        configuration: system(`https://hooks.slack.com/services/${SLACK_PATH}`),
      })
      .expect(200);
    expect(body.configuration.webhookUrl).toBe('https://hooks.slack.com/********');
    const response = await stagedoor
      .as('acme-app')
      .patch(`/api/v1/integrations/${body.integrationId}`)
      .send({ configuration: { webhookUrl: `https://hooks.slack.com/services/${SLACK_PATH}d` } })
      .expect(200);
    const { fingerprint } = response.body.secrets.webhookUrl;
    expect(fingerprint).not.toBe(body.secrets.webhookUrl.fingerprint);
    const events = await stagedoor.trail();
    const target = { type: 'integration', id: body.integrationId };
    expect(events).toContainEqual(expect.objectContaining({ action: 'integration.update', phase: 'intent', target }));
    expect(events.findLast(({ changes }) => changes !== undefined)).toMatchObject({
      changes: [{ pointer: '/secrets/webhookUrl/fingerprint', from: body.secrets.webhookUrl.fingerprint }],
    });
    expect(JSON.stringify(events)).not.toContain(SLACK_PATH);
  });

  it('rejects a URL over 8 KiB with 414, and authenticates before it parses a shorter one', async () => {
    const long = await stagedoor.as().get(`/api/v1/integrations?a=${'a=a&'.repeat(2048)}`);
    expect(long.status).toBe(414);
    expect(long.body).toMatchObject({
      code: 'validation-failed',
      status: 414,
      detail: 'The URL is longer than 8 KiB.',
    });
    await stagedoor
      .as()
      .get(`/api/v1/integrations?a=${'a='.repeat(3500)}`)
      .expect(401);
    await stagedoor
      .as('acme-app')
      .get(`/api/v1/integrations?a=${'a='.repeat(3500)}`)
      .expect(400);
  });
});
