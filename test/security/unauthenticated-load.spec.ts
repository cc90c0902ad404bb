import { readFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import type { Socket } from 'node:net';
import { makeApiKey } from '../../src/access/api-key';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { canary } from '../support/canaries';
import { openRawSocket, requestHead } from '../support/raw-socket';
import { startService } from '../support/service-process';

/** `npm run test:unauthenticated` takes 60 s, and asserts times, too. */
const SECONDS = Number(process.env['UNAUTHENTICATED_SECONDS'] ?? 3);
const ASSERTS_TIMES = process.env['UNAUTHENTICATED_TIMES'] !== undefined;
const CLIENTS = 10;
const MAX_GROWTH_MIB = 64;
const MAX_TIMES_SLOWER = 2;
const PIPELINED_BYTES = 64 * 1024;
/** A client reconnects after this time, in milliseconds. */
const RECONNECT_MS = 1000;
const PATHS = ['/openapi.json', '/openapi.yaml', '/metrics', '/problems', '/docs/swagger-ui-bundle.js'];

jest.setTimeout(60_000 + 4 * SECONDS * 1000);

describe('ten unauthenticated clients that pipeline requests and read no response', () => {
  let sandbox: Sandbox;
  const key = makeApiKey().key.reveal();

  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  it(`cost at most ${MAX_GROWTH_MIB} MiB in ${SECONDS} s, and do not slow down others`, async () => {
    const secrets = { STAGEDOOR_API_KEY: key, SECRET_KEY: canary('the key', 40).value };
    const service = await startService(sandbox, { ...secrets, LOG_LEVEL: 'silent' });
    const url = await service.listens();
    const { pid = 0 } = service.process;
    const caller = new Agent({ keepAlive: true, maxSockets: 1 });
    const read = () => timeToRead(`${url}/api/v1/integrations`, { agent: caller, headers: { 'x-api-key': key } });
    const readFor = async (seconds: number): Promise<{ p99: number; reads: number; maxMiB: number }> => {
      const times: number[] = [];
      let maxMiB = 0;
      for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
        times.push(await read());
        if (times.length % 100 === 1) maxMiB = Math.max(maxMiB, await residentMiB(pid));
      }
      return { p99: percentile(times, 0.99), reads: times.length, maxMiB };
    };

    await readFor(SECONDS);
    const alone = await readFor(SECONDS);
    const clients = Array.from(
      { length: CLIENTS },
      (_, index) => new UnreadConnection(url, PATHS[index % PATHS.length]),
    );
    const beside = await readFor(SECONDS);
    for (const client of clients) client.close();
    const grown = beside.maxMiB - alone.maxMiB;
    const before = `${alone.reads} reads alone: p99 ${alone.p99.toFixed(2)} ms`;
    const during = `${beside.reads} beside unauthenticated clients: p99 ${beside.p99.toFixed(2)} ms`;
    process.stdout.write(`${before}; ${during}, ${grown.toFixed(1)} MiB more\n`);
    expect(grown).toBeLessThanOrEqual(MAX_GROWTH_MIB);
    if (ASSERTS_TIMES) expect(beside.p99).toBeLessThanOrEqual(MAX_TIMES_SLOWER * alone.p99);
    caller.destroy();
    expect(await service.stop()).toBe(0);
  });
});

/** Sends pipelined requests, reads nothing, and reconnects. */
class UnreadConnection {
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    private readonly url: string,
    private readonly path = '/',
  ) {
    void this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  async #connect(): Promise<void> {
    const { socket } = await openRawSocket(this.url);
    if (this.#isClosed) return void socket.destroy();
    this.#socket = socket;
    socket.pause();
    const request = requestHead(`GET ${this.path} HTTP/1.1`, 'Host: x');
    socket.write(request.repeat(Math.floor(PIPELINED_BYTES / request.length)));
    // A client that does not read does not notice that its connection was closed, so it reconnects in any case.
    this.#timer = setTimeout(() => {
      socket.destroy();
      void this.#connect();
    }, RECONNECT_MS);
  }
}

function timeToRead(url: string, options: object): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    get(url, options, (response) => {
      response.resume().once('end', () => resolve(performance.now() - begun));
    }).once('error', reject);
  });
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1]) / 1024;
}

function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}
