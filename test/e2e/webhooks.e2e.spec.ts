import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import supertest from 'supertest';
import { canary } from '../support/canaries';
import { blocksOf } from '../support/documents/blocks';
import { freePort } from '../support/ports';
import { RedisServer } from '../support/redis-server';
import { startProcess } from '../support/service-process';
import { HUBS, SECRET_KEY, type Stagedoor, startStagedoor } from '../support/stagedoor';

const VERIFY = '/api/v1/webhooks/verify';

interface Signed {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function createSystem(
  stagedoor: Stagedoor,
  name = 'hooks',
  webhookUrl = 'https://receiver.example.com/',
): Promise<string> {
  const configuration = { webhookUrl, events: ['message'] };
  const { body } = await stagedoor
    .as('acme-app')
    .post(`/api/v1/integrations/hubs/${HUBS.acme}`)
    .send({ channelId: 'System', name, configuration })
    .expect(200);
  return body.integrationId;
}

async function sign(stagedoor: Stagedoor, integrationId: string, body: string): Promise<Signed> {
  return (
    await supertest(stagedoor.sandbox.url)
      .post('/sandbox/webhooks')
      .send({ tenant: 'acme', integrationId, body })
      .expect(200)
  ).body;
}

async function verify(
  stagedoor: Stagedoor,
  { headers, body }: Signed,
  more: Record<string, string> = {},
  caller = 'acme-app',
) {
  const response = await fetch(`${stagedoor.url}${VERIFY}`, {
    method: 'POST',
    headers: { ...headers, 'x-api-key': stagedoor.keyOf(caller), ...more },
    body,
  });
  const parsed: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, body: parsed };
}

const rotate = (stagedoor: Stagedoor, integrationId: string) =>
  stagedoor
    .as('acme-app')
    .patch(`/api/v1/integrations/${integrationId}`)
    .send({ configuration: { regenerateKeys: true } })
    .expect(200);

const reads = async (stagedoor: Stagedoor) =>
  (await stagedoor.hubsterCalls()).filter(
    ({ method, path }) => method === 'GET' && path.startsWith('/api/v1/integrations/'),
  ).length;

describe('POST /api/v1/webhooks/verify [S-247, S-406]', () => {
  let stagedoor: Stagedoor;
  let id: string;

  beforeAll(async () => {
    stagedoor = await startStagedoor();
    id = await createSystem(stagedoor);
  });
  afterAll(() => stagedoor.close());

  it('accepts a body that Hubster signed, of any content type, byte for byte', async () => {
    for (const type of ['application/json', 'text/plain; charset=utf-16', 'no type at all']) {
      for (const text of ['{"a": 1}', '{"a":1}', 'no JSON', ' é \u0000 ']) {
        const { status, body } = await verify(stagedoor, await sign(stagedoor, id, text), { 'content-type': type });
        expect([status, body]).toEqual([200, { valid: true, integrationId: id, hubId: HUBS.acme, key: 'current' }]);
      }
    }
  });

  it('returns the reason for anything else', async () => {
    const signed = await sign(stagedoor, id, 'signed');
    const reasonOf = async (webhook: Signed) => (await verify(stagedoor, webhook)).body['reason'];
    const withHeader = (name: string, value: string) => ({ ...signed, headers: { ...signed.headers, [name]: value } });
    const { 'x-hubster-signature': signature = '', ...unsigned } = signed.headers;

    expect(await reasonOf({ ...signed, body: 'Signed' })).toBe('bad-signature');
    expect(await reasonOf({ ...signed, body: 'signed\n' })).toBe('bad-signature');
    expect(await reasonOf(withHeader('x-hubster-signature', `${signature} `.repeat(2)))).toBe('bad-signature');
    expect(await reasonOf(withHeader('x-hubster-signature', signature.replace('=', '')))).toBe('bad-signature');
    expect(await reasonOf({ headers: unsigned, body: 'signed' })).toBe('missing-header');
    expect(await reasonOf(withHeader('x-hub-id', ''))).toBe('missing-header');
    expect(await reasonOf(withHeader('x-hub-id', HUBS.acmeSecond))).toBe('hub-mismatch');
    expect(await reasonOf(withHeader('x-integration-id', HUBS.acme))).toBe('unknown-integration');
    expect(await reasonOf(withHeader('x-integration-id', '../../x'))).toBe('unknown-integration');
    expect(await reasonOf(withHeader('x-hubster-public-key', '0'.repeat(32)))).toBe('unknown-key');
  });

  it('returns no-key for an integration that signs no webhooks', async () => {
    const { body } = await stagedoor
      .as('acme-app')
      .post(`/api/v1/integrations/hubs/${HUBS.acme}`)
      .send({ channelId: 'WebChat', name: 'chat', configuration: { allowedOrigins: ['localhost'] } })
      .expect(200);
    const { headers } = await sign(stagedoor, id, 'x');
    const webhook = { headers: { ...headers, 'x-integration-id': body.integrationId }, body: 'x' };

    expect((await verify(stagedoor, webhook)).body).toEqual({ valid: false, reason: 'no-key' });
  });

  it('returns unknown-integration for one of another tenant [N2]', async () => {
    const { body } = await verify(stagedoor, await sign(stagedoor, id, 'x'), {}, 'globex-app');

    expect(body).toEqual({ valid: false, reason: 'unknown-integration' });
  });

  it('reads the key once for many webhooks', async () => {
    const other = await createSystem(stagedoor, 'read once');
    const signed = await sign(stagedoor, other, 'x');
    const before = await reads(stagedoor);
    await Promise.all(Array.from({ length: 20 }, () => verify(stagedoor, signed)));

    expect((await reads(stagedoor)) - before).toBe(1);
  });

  it('accepts 256 KiB, and no more', async () => {
    const signed = await sign(stagedoor, id, 'x'.repeat(200_000));
    expect((await verify(stagedoor, signed)).body['valid']).toBe(true);
    const { status } = await verify(stagedoor, { ...signed, body: 'x'.repeat(256 * 1024 + 1) });
    expect(status).toBe(413);
  });

  it('has an internal content type that other routes reject', async () => {
    const { status } = await stagedoor
      .as('acme-app')
      .post(`/api/v1/integrations/hubs/${HUBS.acme}`)
      .set('content-type', 'application/x-stagedoor-raw')
      .send('{}');
    expect(status).toBe(415);
  });

  it('accepts the previous key after a rotation [S-308]', async () => {
    const old = await sign(stagedoor, id, 'sent before the rotation');
    await rotate(stagedoor, id);
    const fresh = await sign(stagedoor, id, 'sent after the rotation');
    expect((await verify(stagedoor, fresh)).body).toMatchObject({ valid: true, key: 'current' });
    expect((await verify(stagedoor, old)).body).toMatchObject({ valid: true, key: 'previous' });
    expect((await verify(stagedoor, { ...old, body: 'forged' })).body).toEqual({
      valid: false,
      reason: 'bad-signature',
    });
  });

  it('accepts both previous keys after two rotations', async () => {
    const first = await sign(stagedoor, id, 'first');
    await rotate(stagedoor, id);
    const second = await sign(stagedoor, id, 'second');
    await rotate(stagedoor, id);
    expect((await verify(stagedoor, first)).body).toMatchObject({ valid: true, key: 'previous' });
    expect((await verify(stagedoor, second)).body).toMatchObject({ valid: true, key: 'previous' });
  });

  it('responds with a problem when Hubster fails', async () => {
    const other = await createSystem(stagedoor, 'failing');
    const signed = await sign(stagedoor, other, 'x');
    await stagedoor.fault({ match: { path: `^/api/v1/integrations/${other}` }, effect: { status: 403 } });
    const { status, body } = await verify(stagedoor, signed);
    expect([status, body['code']]).toEqual([403, 'upstream-forbidden']);
  });
});

it('records a verification with its integration, result and caller', async () => {
  const stagedoor = await startStagedoor();
  const id = await createSystem(stagedoor);
  const signed = await sign(stagedoor, id, 'x');
  await verify(stagedoor, signed);
  await verify(stagedoor, { ...signed, body: 'y' });
  // Closing waits for the records; responses do not.
  await stagedoor.app.close();
  const records = (await stagedoor.trail()).filter(({ action }) => action === 'webhook.verify');
  await stagedoor.close();

  const about = { caller: 'acme-app', tenant: 'acme', target: { type: 'integration', id }, status: 200 };
  expect(records).toEqual([
    expect.objectContaining({ ...about, outcome: 'success' }),
    expect.objectContaining({ ...about, outcome: 'refused', code: 'bad-signature' }),
  ]);
});

describe('the previous key, with Redis', () => {
  it('is valid after a restart and a rotation of SECRET_KEY, at all replicas, and is stored sealed', async () => {
    const redis = await RedisServer.start();
    const env = { REDIS_URL: redis.url };
    const first = await startStagedoor({ env });
    const { sandbox } = first;
    const replica = await startStagedoor({ env, sandbox });
    try {
      const id = await createSystem(first);
      const old = await sign(first, id, 'sent before the rotation');
      expect((await verify(replica, old)).body).toMatchObject({ valid: true, key: 'current' });
      await rotate(first, id);
      const stored = await redis.send('KEYS stagedoor:webhooks:*');
      expect(stored).toContain('stagedoor:webhooks:retired:');
      expect(stored).not.toContain(old.headers['x-hubster-public-key']);
      const restarted = await startStagedoor({
        env: {
          ...env,
          SECRET_KEY: canary('another key', 40).value,
          SECRET_KEY_PREVIOUS: SECRET_KEY,
        },
        sandbox,
      });
      expect((await verify(restarted, old)).body).toMatchObject({ valid: true, key: 'previous' });
      await restarted.close();
    } finally {
      await replica.close();
      await first.close();
      await redis.stop();
    }
  });
});

describe('the receiver of docs/webhooks.md', () => {
  it('responds 204 to a webhook of Hubster, 403 to one with another body, and 503 while Stagedoor is away', async () => {
    const receiverBlock = blocksOf('docs/webhooks.md').find(({ text }) => text.startsWith('// receiver.mjs'));
    const directory = await mkdtemp(join(tmpdir(), 'stagedoor-receiver-'));
    const file = join(directory, 'receiver.mjs');
    await writeFile(file, receiverBlock?.text ?? '');
    const port = await freePort();
    const stagedoor = await startStagedoor();
    const env = { STAGEDOOR: stagedoor.url, STAGEDOOR_KEY: stagedoor.keyOf('acme-app'), PORT: String(port) };
    const receiver = await startProcess(file, env);
    const url = `http://127.0.0.1:${port}/`;
    const send = async (body: string, headers = {}) => (await fetch(url, { method: 'POST', headers, body })).status;
    try {
      await receiver.prints(/The receiver listens/);
      const integrationId = await createSystem(stagedoor, 'received', url);
      const { body } = await supertest(stagedoor.sandbox.url)
        .post('/sandbox/webhooks')
        .send({ tenant: 'acme', integrationId, body: { type: 'message', text: 'hello' }, deliver: true })
        .expect(200);
      expect(body.delivered).toEqual({ status: 204 });
      await receiver.prints(/from Hubster: {"type":"message","text":"hello"}/);
      const { headers } = await sign(stagedoor, integrationId, 'something else');
      expect(await send('{"type":"forged"}', headers)).toBe(403);
      await receiver.prints(/rejected: bad-signature/);
      expect(await send('x'.repeat(300_000))).toBe(503);
      await receiver.prints(/not verified: the body is too large/);
    } finally {
      await stagedoor.close();
    }
    try {
      expect(await send('something else')).toBe(503);
      await receiver.prints(/not verified: fetch failed/);
      expect(receiver.process.exitCode).toBeNull();
    } finally {
      receiver.process.kill();
      await receiver.ended();
      await Promise.all([directory, receiver.directory].map((path) => rm(path, { recursive: true, force: true })));
    }
  });
});
