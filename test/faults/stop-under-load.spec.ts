import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request as nodeRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import supertest from 'supertest';
import { makeApiKey } from '../../src/access/api-key';
import { TrailKey } from '../../src/audit/chain/chain';
import { verifyTrail } from '../../src/audit/verify/verify-trail';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { Secret } from '../../src/secrets/secret';
import { SecretKeys } from '../../src/secrets/secret-keys';
import { canary } from '../support/canaries';
import { openRawSocket, requestHead } from '../support/raw-socket';
import { startService } from '../support/service-process';
import { HUBS, type RecordedCall } from '../support/stagedoor';

/** `npm run test:stop` stops 100 times with the delay of production, and asserts how long that takes. */
const STOPS = Number(process.env['STOPS'] ?? 2);
const IS_LONG = process.env['STOPS'] !== undefined;
const SHUTDOWN_DELAY = IS_LONG ? '5s' : '300ms';
const STOPPED_WITHIN_MS = 8000;
const LONGEST_LOAD_MS = 1500;
const CLIENTS = 24;
const SECRET_KEY = canary('the key', 40).value;

jest.setTimeout(60_000 + STOPS * 30_000);

describe('SIGTERM under load', () => {
  let sandbox: Sandbox;
  const key = makeApiKey().key.reveal();

  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  it(`ends with exit 0, no dropped request and a sealed trail, ${STOPS} times at a random instant`, async () => {
    let responses = 0;
    const notAccepted: Record<string, number> = {};
    const durations: number[] = [];
    for (let stop = 0; stop < STOPS; stop += 1) {
      const directory = await mkdtemp(join(tmpdir(), 'stagedoor-stopped-'));
      const service = await startService(sandbox, {
        ...{ STAGEDOOR_API_KEY: key, SECRET_KEY, AUDIT_DIR: directory, SHUTDOWN_DELAY, LOG_FORMAT: 'json' },
      });
      const url = await service.listens();
      const silent = await openRawSocket(url);
      const slow = await openRawSocket(url);
      slow.socket.pause();
      slow.socket.write(requestHead('GET /docs/swagger-ui-bundle.js HTTP/1.1', 'Host: x').repeat(8));
      const slowly = setInterval(() => slow.socket.read(1024), 50);
      const clients = Array.from({ length: CLIENTS }, () => new Client(url, key));
      const loads = clients.map((client) => client.callUntilRefused());
      // Not a wait for something: the test stops at a random instant.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_LOAD_MS));
      const begun = performance.now();
      service.process.kill('SIGTERM');
      expect(await service.ended()).toBe(0);
      durations.push(performance.now() - begun);
      clearInterval(slowly);
      await Promise.all([silent.closed, ...loads]);
      slow.socket.destroy();

      const logged = service
        .output()
        .split('\n')
        .filter((line) => line.includes('"msg":"request"'));
      const sent: readonly RecordedCall[] = (await supertest(sandbox.url).get('/sandbox/journal')).body;
      const accepted = new Set([
        ...logged.map((line): string => JSON.parse(line).requestId),
        ...sent.map(({ headers }) => headers['x-request-id'] ?? ''),
      ]);
      const failures = clients.flatMap((client) => client.failures);
      expect(failures.filter(({ id }) => accepted.has(id))).toEqual([]);
      for (const { code } of failures) notAccepted[code] = (notAccepted[code] ?? 0) + 1;
      responses += clients.reduce((sum, client) => sum + client.responses, 0);

      const keys = [new TrailKey(new SecretKeys(Secret.of(SECRET_KEY)))];
      const verification = await verifyTrail({ directory, checkpointDirectory: join(directory, 'checkpoints'), keys });
      expect(verification).toMatchObject({ state: 'ok', findings: [] });
      await supertest(sandbox.url).post('/sandbox/reset').expect(204);
      await rm(directory, { recursive: true });
    }
    const slowest = Math.max(...durations);
    process.stdout.write(
      `${STOPS} stops: ${responses} responses, never accepted ${JSON.stringify(notAccepted)}, slowest ${slowest.toFixed(0)} ms\n`,
    );
    expect(responses).toBeGreaterThan(0);
    if (IS_LONG) expect(slowest).toBeLessThan(STOPPED_WITHIN_MS);
  });
});

/** Sends requests on its own connection until the service accepts no connection. */
class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  responses = 0;
  /** Requests that ended without a response. */
  readonly failures: { readonly id: string; readonly code: string }[] = [];

  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  async callUntilRefused(): Promise<void> {
    for (let call = 0; ; call += 1) {
      const id = randomUUID();
      const code = await (call % 4 === 0 ? this.#create(id) : this.#call('GET', '/api/v1/integrations', id));
      if (code === undefined) this.responses += 1;
      else this.failures.push({ id, code });
      if (code === 'ECONNREFUSED') break;
    }
    this.#agent.destroy();
  }

  #create(id: string): Promise<string | undefined> {
    const configuration = { allowedOrigins: ['localhost'] };
    const body = JSON.stringify({ channelId: 'WebChat', name: id, configuration });
    return this.#call('POST', `/api/v1/integrations/hubs/${HUBS.acme}`, id, body);
  }

  /** Resolves to the code of the error, or to undefined after a complete response. */
  #call(method: string, path: string, id: string, body?: string): Promise<string | undefined> {
    const headers = { 'x-api-key': this.key, 'x-request-id': id, 'content-type': 'application/json' };
    return new Promise((resolve) => {
      const request = nodeRequest(this.url + path, { method, headers, agent: this.#agent }, (response) => {
        response.resume().once('end', () => resolve(undefined));
        response.once('error', () => resolve('broken off'));
      });
      request.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
      request.end(body);
    });
  }
}
