import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { CHANNELS } from '../../src/channels/channel-registry';
import { MASK } from '../../src/secrets/secret';
import { type Canary, canary, type ProbeResult, sightings, WINDOW } from './canaries';
import { overhear } from './overhear';
import { listenToOwnOutput } from './own-output';
import { letErrorsTell } from './telling-errors';

/** Node's own reports of a request that came to a server of this process, and of a connection that it opens. */
const REQUEST_CAME = 'http.server.request.start';
const CONNECTION_OPENS = 'net.client.socket';

/** Under these names secrets travel, between callers and the service and between the service and Hubster. */
const SECRET_NAMES = [
  ...new Set(CHANNELS.flatMap(({ fields }) => fields.filter(({ secret }) => secret).map(({ name }) => name))),
  'access_token',
];
const SECRET_MEMBER = new RegExp(`\\\\?"(${SECRET_NAMES.join('|')})\\\\?"\\s*:\\s*\\\\?"([^"\\\\]+)`, 'gi');
const SECRET_HEADERS = ['authorization', 'x-api-key', 'cookie', 'proxy-authorization'] as const;
const SECRET_HEADER = new RegExp(`^(${SECRET_HEADERS.join('|')}): *(.+?)\\r?$`, 'gim');

/** Of a longer value its end is learnt: that of a token is its signature. */
const LONGEST_LEARNT = 64;
const MAX_LEARNT = 500;
/** When this many characters have been collected they are looked through, and let go. */
const MAX_COLLECTED = 8_000_000;

/** What anybody may see: the mask, and the values of the document's examples, which the documentation shows as well. */
const SHOWN = [MASK, ...CHANNELS.map(({ example }) => JSON.stringify(example))];

/** For how long a Redis in trouble is waited for, in milliseconds. */
const REDIS_MS = 500;

/**
 * Knows what a service under test is trusted with, collects what it lets out, and tells where the two meet (N1). A suite need not
 * know of it: secrets are learnt from the wire, by the names under which they travel, and planted beside it; everything
 * that the service puts on a socket, writes, logs or stores is looked through.
 *
 * Not seen: texts that are encoded twice, and what a service of this process leaves in the machine's folder for temporary files; one
 * that is a process of its own has a folder for itself.
 */
export class SecretWatch {
  readonly #canaries = new Map<string, Canary>();
  readonly #sightings: ProbeResult[] = [];
  readonly #unhook: (() => void)[] = [];
  readonly #upstreams = new Set<string>();
  readonly #shown: string;
  #texts = new Map<string, string>();
  #learnt = 0;
  #collected = 0;

  /** `shown`: values that are shown by design, as the key of the demo is. */
  constructor(shown: readonly string[] = []) {
    this.#shown = [...SHOWN, ...shown].join(' ');
  }

  /** A new value, to be put where a secret stands. */
  plant(place: string): string {
    const made = canary(place);
    this.#canaries.set(made.value, made);
    return made.value;
  }

  /** A value that stands there already. */
  know(known: Canary): void {
    if (!this.#canaries.has(known.value)) this.#canaries.set(known.value, known);
  }

  /** How many values are looked for. */
  get size(): number {
    return this.#canaries.size;
  }

  /** Hears what this process writes: the service of a suite, beside its log, should write nothing. */
  listenToOutput(): void {
    this.#unhook.push(listenToOwnOutput((text) => this.collect('the output', text)));
  }

  /** Hears what this process, as a caller, sends to services on other ports and is answered. A port is asked for when bytes pass. */
  listenToClients(isOfService: (port: number) => boolean): void {
    this.#subscribe(CONNECTION_OPENS, (message) => {
      const { socket } = message as { socket: Socket };
      const ifOfService = (hear: () => void) => isOfService(socket.remotePort ?? 0) && hear();
      overhear(socket, ['push'], (text) => ifOfService(() => this.collect('an answer', text)));
      overhear(socket, ['write'], (text) => {
        const learn = () => ifOfService(() => this.#learnFrom('a request', text));
        if (socket.connecting) socket.once('connect', learn);
        else learn();
      });
    });
  }

  /** Hears what callers send to the service, and everything that leaves on its sockets. */
  listenTo(server: Server): void {
    server.on('connection', (socket: Socket) =>
      overhear(socket, ['write', 'end'], (text) => this.collect('an answer', text)),
    );
    server.prependListener('request', (request: IncomingMessage) => {
      for (const name of SECRET_HEADERS) this.#learn(`header ${name}`, String(request.headers[name] ?? ''));
      overhear(request, ['push'], (text) => this.#learnFrom('a request', text));
    });
  }

  /** Hears what Hubster is told and tells, and plants a header in each of its answers and a text in its errors. `url`: of the sandbox. */
  listenToUpstream(url: string): void {
    if (this.#upstreams.has(url)) return;
    this.#upstreams.add(url);
    const header = this.plant('header of an upstream answer');
    const words = this.plant('text of an upstream error');
    this.#subscribe(REQUEST_CAME, (message) => {
      const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
      if (String(request.socket.localPort) !== new URL(url).port) return;
      response.setHeader('x-upstream-session', header);
      if (!request.url?.startsWith('/sandbox/')) letErrorsTell(response, words);
      overhear(request, ['push'], (text) => this.#learnFrom('a request to Hubster', text));
      overhear(response, ['write', 'end'], (text) => this.#learnFrom('an answer of Hubster', text));
    });
  }

  /** To be looked through. */
  collect(where: string, text: string): void {
    if (this.#texts.has(text)) return;
    this.#texts.set(text, where);
    this.#collected += text.length;
    if (this.#collected > MAX_COLLECTED) this.#look();
  }

  async collectFiles(folder: string): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
    for (const entry of entries.filter((one) => one.isFile())) {
      const path = join(entry.parentPath, entry.name);
      this.collect(path, await readFile(path, 'latin1').catch(() => ''));
    }
  }

  /** What Redis holds, where it can be reached: suites that take it away leave nothing to look through. */
  async collectRedis(url: string): Promise<void> {
    const limits = { connectTimeout: REDIS_MS, commandTimeout: REDIS_MS, retryStrategy: () => null };
    const redis = new Redis(url, limits).on('error', () => undefined);
    try {
      for (const key of await redis.keys('*')) this.collect(`Redis, ${key}`, `${key} ${await textOf(redis, key)}`);
    } catch {
      // Gone, hung or locked.
    } finally {
      redis.disconnect();
    }
  }

  /** Where secrets have been seen, each once. Nothing is heard any more. */
  end(): readonly ProbeResult[] {
    for (const unhook of this.#unhook.splice(0)) unhook();
    this.#look();
    const distinct = new Map(this.#sightings.map((probeResult) => [JSON.stringify(probeResult), probeResult]));
    return [...distinct.values()];
  }

  #look(): void {
    const texts = [...this.#texts].map(([text, where]) => [where, text] as const);
    this.#sightings.push(...sightings([...this.#canaries.values()], texts, this.#shown));
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
    this.know({ place, value });
  }

  #subscribe(channel: string, hear: (message: unknown) => void): void {
    subscribe(channel, hear);
    this.#unhook.push(() => unsubscribe(channel, hear));
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
  throw new Error(`nobody looks into a ${type} of Redis`);
}
