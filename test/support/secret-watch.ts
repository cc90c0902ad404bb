import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { Cluster, type Redis } from 'ioredis';
import { CHANNELS } from '../../src/channels/channel-registry';
import type { RedisSettings } from '../../src/config/redis-settings';
import { connectOnce, createDriver } from '../../src/redis/redis-driver';
import { MASK } from '../../src/secrets/secret';
import { type Canary, canary, findCanaries, type ProbeResult, WINDOW } from './canaries';
import { addTextToErrors } from './error-text';
import { observeCalls } from './observe-calls';
import { queryOf } from './postgres-server';
import { observeProcessOutput } from './process-output';

/** Diagnostics channels of Node: a server of this process receives a request; this process opens a connection. */
const REQUEST_STARTS = 'http.server.request.start';
const CONNECTION_OPENS = 'net.client.socket';

/** Names of secrets, between callers and the service and between the service and Hubster. */
const SECRET_NAMES = [
  ...new Set(CHANNELS.flatMap(({ fields }) => fields.filter(({ secret }) => secret).map(({ name }) => name))),
  'access_token',
];
const SECRET_MEMBER = new RegExp(`\\\\?"(${SECRET_NAMES.join('|')})\\\\?"\\s*:\\s*\\\\?"([^"\\\\]+)`, 'gi');
const SECRET_HEADERS = ['authorization', 'x-api-key', 'cookie', 'proxy-authorization'] as const;
const SECRET_HEADER = new RegExp(`^(${SECRET_HEADERS.join('|')}): *(.+?)\\r?$`, 'gim');

/** Of a longer value only the end is learnt: the end of a token is its signature. */
const LONGEST_LEARNT = 64;
const MAX_LEARNT = 500;
/** Characters: when more are collected, they are searched and dropped. */
const MAX_COLLECTED = 8_000_000;

/** Public texts: the mask, and the examples that the documentation shows. */
const SHOWN = [MASK, ...CHANNELS.map(({ example }) => JSON.stringify(example))];

/**
 * Collects the output of a service under test and searches it for the secrets of the service (N1). Suites need not do anything for it:
 * it learns secrets from requests and responses, by their names, plants more, and searches everything that the service writes to a
 * socket, the log, a file, Redis or PostgreSQL.
 *
 * Not covered: texts that are encoded twice, and temporary files of a service in this process (one in its own process has its own
 * folder for them).
 */
export class SecretWatch {
  readonly #canaries = new Map<string, Canary>();
  readonly #found: ProbeResult[] = [];
  readonly #unhook: (() => void)[] = [];
  readonly #upstreams = new Set<string>();
  readonly #shown: string;
  #texts = new Map<string, string>();
  #learnt = 0;
  #collected = 0;

  /** `shown`: values that are public by design, such as the key of the demo. */
  constructor(shown: readonly string[] = []) {
    this.#shown = [...SHOWN, ...shown].join(' ');
  }

  /** A new value, to be used as a secret. */
  plant(place: string): string {
    const made = canary(place);
    this.#canaries.set(made.value, made);
    return made.value;
  }

  /** An existing secret. */
  register(known: Canary): void {
    if (!this.#canaries.has(known.value)) this.#canaries.set(known.value, known);
  }

  /** How many values are searched for. */
  get size(): number {
    return this.#canaries.size;
  }

  /** Collects what this process writes: beside its log, a service in this process should write nothing. */
  listenToOutput(): void {
    this.#unhook.push(observeProcessOutput((text) => this.collect('the output', text)));
  }

  /** Observes requests of this process to services in other processes, and their responses. `isOfService` is called when bytes pass. */
  listenToClients(isOfService: (port: number) => boolean): void {
    this.#subscribe(CONNECTION_OPENS, (message) => {
      const { socket } = message as { socket: Socket };
      const ifOfService = (observe: () => void) => isOfService(socket.remotePort ?? 0) && observe();
      observeCalls(socket, ['push'], (text) => ifOfService(() => this.collect('a response', text)));
      observeCalls(socket, ['write'], (text) => {
        const learn = () => ifOfService(() => this.#learnFrom('a request', text));
        if (socket.connecting) socket.once('connect', learn);
        else learn();
      });
    });
  }

  /** Learns secrets from requests to the service, and collects everything that it writes to its sockets. */
  listenTo(server: Server): void {
    server.on('connection', (socket: Socket) =>
      observeCalls(socket, ['write', 'end'], (text) => this.collect('a response', text)),
    );
    server.prependListener('request', (request: IncomingMessage) => {
      for (const name of SECRET_HEADERS) this.#learn(`header ${name}`, String(request.headers[name] ?? ''));
      observeCalls(request, ['push'], (text) => this.#learnFrom('a request', text));
    });
  }

  /** Learns secrets from calls to Hubster, and plants a header in each of its responses and a text in its errors. `url`: of the sandbox. */
  listenToUpstream(url: string): void {
    if (this.#upstreams.has(url)) return;
    this.#upstreams.add(url);
    const header = this.plant('header of a response of Hubster');
    const text = this.plant('text of an error of Hubster');
    this.#subscribe(REQUEST_STARTS, (message) => {
      const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
      if (String(request.socket.localPort) !== new URL(url).port) return;
      response.setHeader('x-upstream-session', header);
      if (!request.url?.startsWith('/sandbox/')) addTextToErrors(response, text);
      observeCalls(request, ['push'], (chunk) => this.#learnFrom('a request to Hubster', chunk));
      observeCalls(response, ['write', 'end'], (chunk) => this.#learnFrom('a response of Hubster', chunk));
    });
  }

  collect(where: string, text: string): void {
    if (this.#texts.has(text)) return;
    this.#texts.set(text, where);
    this.#collected += text.length;
    if (this.#collected > MAX_COLLECTED) this.#search();
  }

  async collectFiles(folder: string): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
    for (const entry of entries.filter((one) => one.isFile())) {
      const path = join(entry.parentPath, entry.name);
      this.collect(path, await readFile(path, 'latin1').catch(() => ''));
    }
  }

  /** Collects the content of Redis; of one that a suite has ended there is nothing to collect. */
  async collectRedis(settings: RedisSettings): Promise<void> {
    const driver = createDriver({ ...settings, prefix: '' }).on('error', () => undefined);
    try {
      await connectOnce(driver);
      for (const redis of driver instanceof Cluster ? driver.nodes('master') : [driver])
        for (const key of await redis.keys('*')) this.collect(`Redis, ${key}`, `${key} ${await textOf(redis, key)}`);
    } catch {
      // Ended, suspended or with a password.
    } finally {
      driver.disconnect();
    }
  }

  /** Collects the audit trail in a database; of one that a suite has ended there is nothing to collect. */
  async collectDatabase(url: string): Promise<void> {
    const rows = await queryOf(url, 'SELECT * FROM stagedoor.audit_lines').catch(() => []);
    for (const row of rows) this.collect('PostgreSQL', Object.values(row).join(' '));
  }

  /** Ends the watch; returns where secrets were found, without repetitions. */
  end(): readonly ProbeResult[] {
    for (const unhook of this.#unhook.splice(0)) unhook();
    this.#search();
    const distinct = new Map(this.#found.map((probeResult) => [JSON.stringify(probeResult), probeResult]));
    return [...distinct.values()];
  }

  #search(): void {
    const texts = [...this.#texts].map(([text, where]) => [where, text] as const);
    this.#found.push(...findCanaries([...this.#canaries.values()], texts, this.#shown));
    this.#texts = new Map();
    this.#collected = 0;
  }

  #learnFrom(place: string, text: string): void {
    for (const secret of [SECRET_MEMBER, SECRET_HEADER])
      for (const [, name = '', value = ''] of text.matchAll(secret)) this.#learn(`${name} of ${place}`, value);
  }

  #learn(place: string, text: string): void {
    const value = text.replace(/^\w+ /, '').slice(-LONGEST_LEARNT);
    if (value.length < WINDOW || this.#canaries.has(value) || this.#learnt >= MAX_LEARNT) return;
    this.#learnt += 1;
    this.register({ place, value });
  }

  #subscribe(channel: string, onMessage: (message: unknown) => void): void {
    subscribe(channel, onMessage);
    this.#unhook.push(() => unsubscribe(channel, onMessage));
  }
}

async function textOf(redis: Redis, key: string): Promise<string> {
  const type = await redis.type(key);
  if (type === 'string') return (await redis.getBuffer(key))?.toString('latin1') ?? '';
  if (type === 'hash')
    return Object.entries(await redis.hgetall(key))
      .flat()
      .join(' ');
  if (type === 'stream') return (await redis.xrange(key, '-', '+')).flat(2).join(' ');
  if (type === 'list') return (await redis.lrange(key, 0, -1)).join(' ');
  if (type === 'set') return (await redis.smembers(key)).join(' ');
  if (type === 'zset') return (await redis.zrange(key, '0', '-1')).join(' ');
  throw new Error(`the secret watch cannot read the Redis type ${type}`);
}
