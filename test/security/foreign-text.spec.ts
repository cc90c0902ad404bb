import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
/** As Twilio makes them, and as a trace id may be. */
const AUTH_TOKEN = '6f1c0b7d9a2e4835bd60e17f4c98a35d';
const SLACK_PATH = 'T0AAAA/B0BBBB/cccccccccccccccccccccccc';

/** What callers write into requests, where the service records it or sends it on. */
describe('a secret that a caller puts where text is recorded or sent on', () => {
  let stagedoor: Stagedoor;
  let path: string;

  beforeAll(async () => {
    // The caller gets its own request id back, whatever it is.
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
  /** Not the bodies: the integration itself goes there with its secret. */
  const everythingSent = async () => JSON.stringify((await stagedoor.journal()).map(({ headers }) => headers));

  it('is not in the trail, nor in headers to Hubster: a secret of an integration', async () => {
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

  it("is not in the trail, nor in headers to Hubster: the caller's own key, whole or in parts", async () => {
    const key = stagedoor.keyOf('acme-app');
    const part = key.slice(10, 24);
    await stagedoor
      .as('acme-app')
      .patch(path)
      .set('x-request-id', `mine.${part}`.replaceAll(/[^\w.-]/g, ''))
      .set('x-on-behalf-of', `me ${part}!`)
      .send({ name: 'renamed again' })
      .expect(200);
    const told = (await everythingRecorded()) + (await everythingSent()) + stagedoor.logs.join('');
    expect(told).toContain('renamed again');
    expect(told).not.toContain(part);
  });

  it('shows in the trail that a masked part of a webhookUrl has changed, and not to what', async () => {
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

  it('refuses a URL over 8 KiB with 414, and authenticates before it reads a shorter one', async () => {
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
