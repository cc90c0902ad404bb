import { setTimeout as delay } from 'node:timers/promises';
import supertest, { type Test } from 'supertest';
import { startSandbox } from '../../../src/sandbox/sandbox';
import { HUBS, type Stagedoor, startStagedoor } from '../stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
const WORKERS = 8;
const PAUSE_MS = 50;
const GIVE_UP_MS = 60_000;
const DEMO_CONFIGURATION = { channelId: 'WebChat', configuration: { allowedOrigins: ['localhost'] } };

interface KeyedCreates {
  readonly creates: number;
  readonly replicas?: number;
  readonly env: Readonly<Record<string, string>>;
  /** Runs once a third of the creates is done, while the others go on; it ends before the last third begins. */
  readonly fault: () => Promise<unknown>;
}

interface KeyedCreatesReport {
  /** Names with more than one integration at Hubster. */
  readonly double: number;
  /** Names with none, or whose response has another id. */
  readonly lost: number;
  readonly reads: number;
  /** What each failed read got: its path, status, problem and how long it took. */
  readonly failedReads: readonly string[];
  /** Responses that made the caller try again with the same key. */
  readonly triesAgain: number;
  /** The longest time from the first to the last time that a key was `idempotency-running`, in milliseconds. */
  readonly longestRunningMs: number;
  readonly seconds: number;
  /** What the log says about Redis. */
  readonly logs: readonly string[];
}

/** Callers create integrations with keys, repeat each until it is made, and all once more at the end, while others read and Redis meets a fault. */
export async function createKeyed({ creates, replicas = 2, env, fault }: KeyedCreates): Promise<KeyedCreatesReport> {
  const sandbox = await startSandbox();
  const started: Stagedoor[] = [];
  try {
    while (started.length < replicas)
      started.push(await startStagedoor({ sandbox, env, limits: { acme: 1_000_000_000 } }));
    const began = performance.now();
    const run = new KeyedRun(started, creates, fault);
    const figures = await run.all();
    const { body } = await supertest(sandbox.url).get('/sandbox/integrations').query({ tenant: 'acme' });
    const existing: readonly { readonly name: string; readonly integrationId: string }[] = body;
    const idsOf = (name: string) => existing.flatMap((one) => (one.name === name ? [one.integrationId] : []));
    const names = Array.from({ length: creates }, (_, n) => nameOf(n));
    return {
      ...figures,
      double: names.filter((name) => idsOf(name).length > 1).length,
      lost: names.filter((name) => run.ids.get(name) === undefined || idsOf(name)[0] !== run.ids.get(name)).length,
      seconds: (performance.now() - began) / 1000,
      logs: started.flatMap(({ logs }) => logs.filter((line) => line.includes('"redis.'))),
    };
  } finally {
    await Promise.all(started.map((stagedoor) => stagedoor.close()));
    await sandbox.close();
  }
}

class KeyedRun {
  readonly ids = new Map<string, string>();
  #next = 0;
  #reads = 0;
  readonly #failedReads: string[] = [];
  #triesAgain = 0;
  #longestRunningMs = 0;
  #isOver = false;
  #faulted: Promise<unknown> | undefined;

  constructor(
    private readonly started: readonly Stagedoor[],
    private readonly creates: number,
    private readonly fault: () => Promise<unknown>,
  ) {}

  async all() {
    const readers = this.started.map((stagedoor) => this.#read(stagedoor));
    await Promise.all(Array.from({ length: WORKERS }, () => this.#work()));
    // Each key once more: it has to replay the response, whatever the fault did to its state.
    this.#next = 0;
    await Promise.all(Array.from({ length: WORKERS }, () => this.#work()));
    this.#isOver = true;
    await Promise.all(readers);
    return {
      reads: this.#reads,
      failedReads: this.#failedReads,
      triesAgain: this.#triesAgain,
      longestRunningMs: this.#longestRunningMs,
    };
  }

  async #work(): Promise<void> {
    for (let n = this.#next++; n < this.creates; n = this.#next++) {
      if (n >= this.creates / 3) this.#faulted ??= this.fault();
      if (n >= (2 * this.creates) / 3) await this.#faulted;
      await this.#create(n);
    }
  }

  async #create(n: number): Promise<void> {
    const began = performance.now();
    let runningSince: number | undefined;
    for (let attempt = n; performance.now() - began < GIVE_UP_MS; attempt += 1) {
      const request = this.#replica(attempt)
        .as('acme-app')
        .post(HUB)
        .set('idempotency-key', `keyed-create-${n}-of-the-run`)
        .send({ name: nameOf(n), ...DEMO_CONFIGURATION });
      const { status, body } = await responseOf(request);
      if (status === 200) {
        const { integrationId = 'none' } = body;
        const first = this.ids.get(nameOf(n)) ?? integrationId;
        this.ids.set(nameOf(n), first === integrationId ? first : 'replayed with another id');
        return;
      }
      this.#triesAgain += 1;
      if (String(body.type).includes('idempotency-running')) {
        runningSince ??= performance.now();
        this.#longestRunningMs = Math.max(this.#longestRunningMs, performance.now() - runningSince);
      }
      await delay(PAUSE_MS);
    }
  }

  /** Reads of an entry, and of a list that each create makes unusable. It has none of the creates, or its size would be what is measured. */
  async #read(stagedoor: Stagedoor): Promise<void> {
    while (!this.#isOver) {
      const [id] = this.ids.values();
      for (const path of [`${HUB}/Slack`, ...(id ? [`/api/v1/integrations/${id}`] : [])]) {
        const began = performance.now();
        const { status, body } = await responseOf(stagedoor.as('acme-app').get(path));
        this.#reads += 1;
        const ms = (performance.now() - began).toFixed(0);
        if (status !== 200) this.#failedReads.push(`${path} ${status} ${body.type} ${body.detail} (${ms} ms)`);
      }
      await delay(PAUSE_MS);
    }
  }

  #replica(attempt: number): Stagedoor {
    const [first] = this.started;
    const replica = this.started[attempt % this.started.length] ?? first;
    if (!replica) throw new Error('no replica');
    return replica;
  }
}

interface Body {
  readonly integrationId?: string;
  readonly type?: string;
  readonly detail?: string;
}

/** Without a response its status is 0, and its problem the error. */
function responseOf(request: Test): PromiseLike<{ readonly status: number; readonly body: Body }> {
  return request.then(
    ({ status, body }) => ({ status, body }),
    (error: unknown) => ({ status: 0, body: { type: String(error) } }),
  );
}

const nameOf = (n: number) => `keyed ${n}`;
