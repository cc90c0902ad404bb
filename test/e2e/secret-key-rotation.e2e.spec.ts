import { join } from 'node:path';
import supertest from 'supertest';
import { TrailKey } from '../../src/audit/chain/chain';
import { verifyTrail } from '../../src/audit/verify/verify-trail';
import { Secret } from '../../src/secrets/secret';
import { SecretKeys } from '../../src/secrets/secret-keys';
import { canary } from '../support/canaries';
import { Replicas } from '../support/replicas';
import { HUBS, type Stagedoor } from '../support/stagedoor';

const OLD_KEY = canary('the old SECRET_KEY', 40).value;
const NEW_KEY = canary('the new SECRET_KEY', 40).value;
const OLD = { SECRET_KEY: OLD_KEY };
const OLD_ACCEPTING_NEW = { SECRET_KEY: OLD_KEY, SECRET_KEY_PREVIOUS: NEW_KEY };
const NEW_ACCEPTING_OLD = { SECRET_KEY: NEW_KEY, SECRET_KEY_PREVIOUS: OLD_KEY };
const NEW = { SECRET_KEY: NEW_KEY };

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
const system = {
  channelId: 'System',
  name: 'hooks',
  configuration: { webhookUrl: 'https://a.io/', events: ['message'] },
};

interface Signed {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

jest.setTimeout(60_000);

/** The README of `config` has these three steps. During the roll-out of each, replicas with the old and the new environment run together. */
describe.each([
  ['1, the new key is accepted', OLD, OLD_ACCEPTING_NEW],
  ['2, the new key is used', OLD_ACCEPTING_NEW, NEW_ACCEPTING_OLD],
  ['3, the old key is removed', NEW_ACCEPTING_OLD, NEW],
])('during the roll-out of step %s', (_step, envBefore, envAfter) => {
  let replicas: Replicas;
  let before: Stagedoor;
  let after: Stagedoor;
  let directions: readonly (readonly [Stagedoor, Stagedoor])[];

  beforeAll(async () => {
    replicas = await Replicas.start();
    before = await replicas.add(envBefore);
    after = await replicas.add(envAfter);
    directions = [
      [before, after],
      [after, before],
    ];
  });
  afterAll(() => replicas.close());

  const create = async (replica: Stagedoor, name: string) =>
    (
      await replica
        .as('acme-app')
        .post(HUB)
        .send({ ...system, name })
        .expect(200)
    ).body.integrationId;
  const mutations = async () => (await before.hubsterCalls()).filter(({ method }) => method === 'POST').length;

  it('a replica replays a response to an Idempotency-Key of the other, without a call', async () => {
    for (const [n, [one, other]] of directions.entries()) {
      const send = (replica: Stagedoor) =>
        replica
          .as('acme-app')
          .set('idempotency-key', `key-of-sixteen-${n}`)
          .post(HUB)
          .send({ ...system, name: `k${n}` });
      const first = await send(one).expect(200);
      const sent = await mutations();
      const second = await send(other).expect(200).expect('idempotency-replayed', 'true');
      expect(second.text).toBe(first.text);
      expect(await mutations()).toBe(sent);
    }
  });

  it('If-Match matches at one replica with an ETag of the other, and fails after a change', async () => {
    for (const [n, [one, other]] of directions.entries()) {
      const path = `/api/v1/integrations/${await create(one, `m${n}`)}`;
      const { headers } = await one.as('acme-app').get(path).expect(200);
      const tag = headers['etag'] ?? '';
      const rename = (name: string) => other.as('acme-app').patch(path).set('if-match', tag).send({ name });
      await rename(`m${n}-renamed`).expect(200);
      await rename(`m${n}-again`).expect(412);
    }
  });

  it('a replica serves an entry that the other has cached', async () => {
    for (const [n, [one, other]] of directions.entries()) {
      const path = `/api/v1/integrations/${await create(one, `c${n}`)}`;
      const loaded = await replicas.get(one, 'acme-app', path);
      const served = await replicas.get(other, 'acme-app', path);
      expect(served.cacheStatus).toContain('hit');
      expect(served.text).toBe(loaded.text);
    }
  });

  it('the next read through one replica shows a write through the other', async () => {
    for (const [n, [one, other]] of directions.entries()) {
      const path = `/api/v1/integrations/${await create(one, `w${n}`)}`;
      await other.as('acme-app').get(path).expect(200);
      await one
        .as('acme-app')
        .patch(path)
        .send({ name: `w${n}-renamed` })
        .expect(200);
      const { body } = await other.as('acme-app').get(path).expect(200);
      expect(body.name).toBe(`w${n}-renamed`);
    }
  });

  it('a replica accepts a signing key that the other has retired', async () => {
    for (const [n, [one, other]] of directions.entries()) {
      const integrationId = await create(one, `s${n}`);
      const { body: signed }: { readonly body: Signed } = await supertest(replicas.sandbox.url)
        .post('/sandbox/webhooks')
        .send({ tenant: 'acme', integrationId, body: 'sent before' })
        .expect(200);
      await one
        .as('acme-app')
        .patch(`/api/v1/integrations/${integrationId}`)
        .send({ configuration: { regenerateKeys: true } })
        .expect(200);
      const response = await fetch(`${other.url}/api/v1/webhooks/verify`, {
        method: 'POST',
        headers: { ...signed.headers, 'x-api-key': other.keyOf('acme-app') },
        body: signed.body,
      });
      expect(JSON.parse(await response.text())).toMatchObject({ valid: true, key: 'previous' });
    }
  });

  it('the same secret has another fingerprint only under another SECRET_KEY', async () => {
    const path = `/api/v1/integrations/${await create(before, 'f')}`;
    const fingerprintOf = async (replica: Stagedoor) => {
      const { body } = await replica.as('acme-app').get(path).set('cache-control', 'no-cache').expect(200);
      const fingerprint: string = body.secrets.privateSigningKey.fingerprint;
      return fingerprint;
    };
    const [one, other] = [await fingerprintOf(before), await fingerprintOf(after)];
    const isSameKey = envBefore.SECRET_KEY === envAfter.SECRET_KEY;
    expect([one.slice(0, 8) === other.slice(0, 8), one === other]).toEqual([isSameKey, isSameKey]);
  });

  it('the trails of both replicas verify with both keys', async () => {
    const keys = [NEW_KEY, OLD_KEY].map((text) => new TrailKey(new SecretKeys(Secret.of(text))));
    for (const { directory } of [before, after]) {
      const trail = join(directory, 'audit');
      const verification = await verifyTrail({
        directory: trail,
        checkpointDirectory: join(trail, 'checkpoints'),
        keys,
      });
      expect(['ok', 'unanchored-tail']).toContain(verification.state);
    }
  });
});
