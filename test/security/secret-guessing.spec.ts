import { randomUUID } from 'node:crypto';
import { RedisServer } from '../support/redis-server';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer';

const SECRET = 'cb8c5367c3c4586e';
const TWILIO = { accountSid: 'AC1fc1c1722444', numberSid: 'PN667435536f4d' };
const SCOPES = 'secrets:compare integrations:write integrations:read';

const twilio = (name: string, authToken: string) => ({
  channelId: 'TwilioSMS',
  name,
  configuration: { ...TWILIO, authToken },
});

async function createVictim(stagedoor: Stagedoor, name: string): Promise<string> {
  const { body } = await stagedoor
    .as('acme-app')
    .post(`/api/v1/integrations/hubs/${HUBS.acme}`)
    .send(twilio(name, SECRET))
    .expect(200);
  return body.integrationId;
}

describe('guessing a secret (faults 2.4)', () => {
  let redis: RedisServer;
  let issuer: TokenIssuer;
  let replicas: Stagedoor[];

  beforeEach(async () => {
    redis = await RedisServer.start();
    issuer = await startTokenIssuer();
    const trusted = { issuer: issuer.url, audience: 'stagedoor', jwksUri: issuer.jwksUri, tenants: ['acme'] };
    const setup = { env: { REDIS_URL: redis.url }, tenantsFile: { issuers: [trusted] } };
    const first = await startStagedoor(setup);
    replicas = [first, await startStagedoor({ ...setup, sandbox: first.sandbox })];
  });
  afterEach(async () => {
    for (const replica of [...replicas].reverse()) await replica.close();
    await issuer.close();
    await redis.stop();
  });

  it('allows thirty tries to a hundred subjects at two replicas, both routes together', async () => {
    const [one, other] = replicas;
    if (!one || !other) throw new Error('there are no replicas');
    const id = await createVictim(one, 'victim');
    const statuses: number[] = [];
    for (let subject = 0; subject < 100; subject += 1) {
      const token = await issuer.token({ claims: { sub: `subject-${subject}`, scope: SCOPES } });
      const agent = (subject % 2 ? one : other).as().set('authorization', `Bearer ${token}`);
      const response =
        subject % 3 === 0
          ? await agent.patch(`/api/v1/integrations/${id}`).send({ configuration: { authToken: `guess ${subject}` } })
          : await agent
              .post(`/api/v1/integrations/${id}/secrets/authToken/compare`)
              .send({ value: `guess ${subject}` });
      statuses.push(response.status);
    }
    const tried = statuses.filter((status) => status !== 429);
    expect(new Set(tried)).toEqual(new Set([200, 409]));
    // One more is allowed every two seconds.
    expect(tried.length).toBeGreaterThanOrEqual(30);
    expect(tried.length).toBeLessThan(45);
  });
});

/** Each guess waits for its deadline in real time. */
jest.setTimeout(120_000);

describe('a create that is reconciled with an integration of the same name', () => {
  let stagedoor: Stagedoor;
  beforeEach(async () => {
    stagedoor = await startStagedoor();
  });
  afterEach(() => stagedoor.close());

  it('compares its secret thirty times a minute, then has an unknown outcome', async () => {
    const id = await createVictim(stagedoor, 'victim');
    const send = (authToken: string, headers: Readonly<Record<string, string>>) =>
      stagedoor
        .as('acme-app')
        .post(`/api/v1/integrations/hubs/${HUBS.acme}`)
        .set(headers)
        .send(twilio('victim', authToken));
    /**
     * Sends a create whose response is lost. On a busy machine a short deadline can end before anything was sent: then there is
     * nothing to reconcile, and a later request would send the create, hang, and count as a failure of Hubster.
     */
    const lose = async (authToken: string, key: Readonly<Record<string, string>>) => {
      for (let tries = 0; tries < 20; tries += 1) {
        const { status, body } = await send(authToken, { ...key, 'x-request-timeout-ms': String(100 + 50 * tries) });
        expect([503, 504]).toContain(status);
        if (body.outcome === 'unknown') return;
      }
      throw new Error('no create was sent');
    };
    /** The second request has to find the outcome by probes. */
    const guess = async (authToken: string) => {
      const key = { 'idempotency-key': randomUUID() };
      await lose(authToken, key);
      const { status, body } = await send(authToken, key);
      return `${status} ${body.code ?? ''} ${body.candidate ?? ''}`.trim();
    };
    await stagedoor.fault({ match: { method: 'POST', path: '/hubs/' }, times: 0, effect: { hang: true } });
    const responses: string[] = [];
    for (let round = 0; round < 8; round += 1) {
      responses.push(...(await Promise.all(Array.from({ length: 5 }, (_, one) => guess(`guess ${round} ${one}`)))));
    }
    const compared = responses.filter((response) => response === '409 name-taken');
    expect(compared.length).toBeGreaterThan(0);
    expect(compared.length).toBeLessThan(38);
    expect(new Set(responses)).toEqual(new Set(['409 name-taken', `504 upstream-timeout ${id}`]));
    // One more is compared every two seconds, so that of ten at once some are rejected however slow the machine is.
    const right = await Promise.all(Array.from({ length: 10 }, () => guess(SECRET)));
    expect(right).toContain(`504 upstream-timeout ${id}`);
  });
});
