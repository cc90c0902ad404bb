import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { ColdReads, counted, ONE, type Scale } from './benchmarks';
import { compareBuilds } from './builds';
import { median, type Row } from './figures';
import { load } from './load';
import type { Servers } from './servers';

const DIST = join(__dirname, '..');
const GOAL_PERCENT = '≥ 3';
const RUNS = 5_000;
/** As many as a tenant with some hundred integrations has. */
const KNOWN_SECRETS = 1_000;

type Per = 'hit' | 'miss';

/** Code of ours that replaces the platform or a library for speed, beside the plain way. */
interface Part {
  readonly name: string;
  readonly per: Per;
  readonly ours: () => void;
  readonly plain: () => void;
}

/** Functions of the build that get the plain way, where only the running service shows the difference. */
const PLAIN_FUNCTIONS = [
  {
    name: 'batching',
    file: 'api/hooks/cached-reads.js',
    head: 'async function inOneBatch(response) {',
    plain: 'return response;',
  },
  {
    name: 'adapter called directly',
    file: 'hubster/transport/hubster-http.js',
    head: 'function hasInterceptors({ interceptors: { request, response } }) {',
    plain: 'return true;',
  },
  {
    name: 'controllers used again',
    file: 'cache/refresh/single-flight.js',
    head: '#controller() {',
    plain: 'return new AbortController();',
  },
];

/**
 * What each part saves: the ratio to the plain way, the CPU microseconds saved in a request, and their share of a hit or a
 * miss, which are measured in the same run. A part that saves less than 3 % is replaced by the plain way.
 */
export async function parts(servers: Servers, scale: Scale): Promise<readonly Row[]> {
  const whole = await microsecondsOf(servers, scale);
  const rows: Row[] = partsInProcess().flatMap<Row>(({ name, per, ours, plain }) => {
    const pairs = alternately(ours, plain, scale.pairs);
    const saved = pairs.map(([one, other]) => other - one);
    const shares = saved.map((microseconds) => (microseconds / whole[per]) * 100);
    return [
      { name: `${name} / plain`, unit: 'ratio', values: pairs.map(([one, other]) => one / other), goal: '' },
      { name: `${name}, saved in a ${per}`, unit: 'µs', values: saved, goal: '' },
      { name: `${name}, share of a ${per}`, unit: '%', values: shares, goal: GOAL_PERCENT },
    ];
  });
  for (const part of PLAIN_FUNCTIONS) rows.push(...(await besidePlainFunction(servers, scale, part)));
  return rows;
}

/** CPU of a hit and of a miss, eight at a time, in microseconds. */
async function microsecondsOf(servers: Servers, { pairs, requests }: Scale): Promise<Readonly<Record<Per, number>>> {
  const stub = await servers.stub();
  const stagedoor = await servers.stagedoor(stub);
  const reads = new ColdReads(stagedoor, servers.headers, counted(1_000_000));
  const [hits, misses]: [number[], number[]] = [[], []];
  for (let round = -1; round < pairs; round += 1) {
    const { cpuPer10k } = await load(stagedoor, ONE, { seconds: 1, connections: 64, headers: servers.headers });
    const before = reads.cpuMs;
    await reads.more(requests, 8);
    // The first round warms up.
    if (round < 0) continue;
    hits.push(cpuPer10k / 10);
    misses.push(((reads.cpuMs - before) / requests) * 1000);
  }
  await servers.stop(stagedoor, stub);
  return { hit: median(hits), miss: median(misses) };
}

/** CPU microseconds of one run of each, in alternating order; the first rounds let the compiler optimise both. */
function alternately(ours: () => void, plain: () => void, pairs: number): readonly (readonly [number, number])[] {
  const measured: (readonly [number, number])[] = [];
  for (let round = -4; round < pairs * 4; round += 1) {
    const [first, second] = round % 2 === 0 ? [ours, plain] : [plain, ours];
    const [a, b] = [timeOf(first), timeOf(second)];
    if (round >= 0) measured.push(round % 2 === 0 ? [a, b] : [b, a]);
  }
  return measured;
}

function timeOf(run: () => void): number {
  const before = process.cpuUsage();
  for (let count = 0; count < RUNS; count += 1) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / RUNS;
}

/** CPU of a miss in relation to a copy of the build in which one function is plain. */
async function besidePlainFunction(
  servers: Servers,
  scale: Scale,
  { name, file, head, plain }: (typeof PLAIN_FUNCTIONS)[number],
): Promise<readonly Row[]> {
  // Where the packages are found, too.
  const copy = mkdtempSync(join(DIST, '../node_modules/.plain-'));
  try {
    cpSync(DIST, copy, { recursive: true });
    const text = readFileSync(join(copy, file), 'utf8');
    if (!text.includes(head)) throw new Error(`${file} has no ${head}`);
    writeFileSync(join(copy, file), text.replace(head, `${head} ${plain}`));
    const rows = (await compareBuilds(servers, scale, copy)).filter((row) => row.name.includes('miss'));
    return rows.map((row) => {
      const shares = row.values.map((ratio) => (1 / ratio - 1) * 100);
      return { name: `${name}, share of ${row.name}`, unit: '%', values: shares, goal: GOAL_PERCENT };
    });
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function partsInProcess(): readonly Part[] {
  return [metricsOfHit(), accessLogLine(), redaction(), headerList(), rejection()];
}

/** A hit counts the request, its time and the result of the cache. */
function metricsOfHit(): Part {
  const { Metrics } = require(join(DIST, 'observability/metrics.js'));
  const [ours, plain] = [new Metrics(), new Metrics()];
  const labels = { method: 'GET', route: '/api/v1/integrations/:integrationId' };
  const requests = ours.counters.counter(ours.requests, { ...labels, status: 200 });
  const seconds = ours.counters.histogram(ours.requestSeconds, labels);
  const results = ours.counters.counter(ours.cacheResults, { result: 'hit' });
  return {
    name: 'batched counters',
    per: 'hit',
    ours: () => {
      requests.inc();
      seconds.observe(0.001);
      results.inc();
    },
    plain: () => {
      plain.requests.inc({ ...labels, status: 200 });
      plain.requestSeconds.observe(labels, 0.001);
      plain.cacheResults.inc({ result: 'hit' });
    },
  };
}

function accessLogLine(): Part {
  const { createLogger } = require(join(DIST, 'observability/log/logger.js'));
  const destination = { write: () => undefined };
  const logger = createLogger({ level: 'info', format: 'json', destination });
  const line = { method: 'GET', route: '/api/v1/integrations/:integrationId', status: 200 };
  const owner = { tenant: 'acme', caller: 'acme-app' };
  const [requestId, cache, durationMs] = ['01981a5e-7b1c-4c9e-9f0b-2f6d3a1b5c7d', 'Stagedoor; hit; ttl=59', 0.4];
  const own = `${JSON.stringify(line).slice(1, -1)},"durationMs":${durationMs},"requestId":"${requestId}","cache":"${cache}"`;
  return {
    name: 'flat log line',
    per: 'hit',
    ours: () => logger.flat(own, owner, ['traceId', undefined], 'request'),
    plain: () => logger.info({ ...line, durationMs, requestId, cache, ...owner }, 'request'),
  };
}

/** The request id and trace id of a caller, in a process that knows a thousand secrets. */
function redaction(): Part {
  const { KnownSecrets } = require(join(DIST, 'secrets/known-secrets.js'));
  const { MASK, Secret } = require(join(DIST, 'secrets/secret.js'));
  const [known, values]: [InstanceType<typeof KnownSecrets>, string[]] = [new KnownSecrets(), []];
  for (let index = 0; index < KNOWN_SECRETS; index += 1)
    values.push(`EAAGm0PX${String(index * 7919).padStart(24, '9')}`);
  for (const value of values) known.remember('integration', Secret.of(value), 'acme');
  const texts = ['order-4711-of-the-gateway', '4bf92f3577b34da6a3ce929d0e0e4736'];
  return {
    name: `index of ${KNOWN_SECRETS} secrets`,
    per: 'hit',
    ours: () => void texts.map((text) => known.redactFor('acme', text)),
    plain: () => void texts.map((text) => values.reduce((rest, value) => rest.replaceAll(value, MASK), text)),
  };
}

/** `writeHead` with a list of headers in relation to an object. */
function headerList(): Part {
  const own = ['x-request-id', 'an-id', 'cache-control', 'private, no-cache', 'vary', 'Authorization', 'age', '1'];
  const security = ['x-content-type-options', 'nosniff', 'x-frame-options', 'DENY', 'referrer-policy', 'no-referrer'];
  const plainSecurity = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
  };
  const request = new IncomingMessage(new Socket());
  const response = () => new ServerResponse(request);
  return {
    name: 'header list',
    per: 'hit',
    ours: () => void response().writeHead(200, [...security, ...own]),
    plain: () =>
      void response().writeHead(200, {
        ...plainSecurity,
        'x-request-id': 'an-id',
        'cache-control': 'private, no-cache',
        vary: 'Authorization',
        age: '1',
      }),
  };
}

/** A problem without a stack in relation to a plain error; a rejection costs about as much as a hit. */
function rejection(): Part {
  const { Problem } = require(join(DIST, 'problems/problem.js'));
  class PlainProblem extends Error {
    readonly status = 401;

    constructor(
      readonly code: string,
      readonly details = {},
    ) {
      super('Credentials are missing or not valid', {});
    }
  }
  const deep = (make: () => object, depth = 8): object => (depth === 0 ? make() : deep(make, depth - 1));
  return {
    name: 'problem without a stack',
    per: 'hit',
    ours: () => void deep(() => new Problem('unauthenticated')),
    plain: () => void deep(() => new PlainProblem('unauthenticated')),
  };
}
