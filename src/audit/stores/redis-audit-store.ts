import type { Clock } from '../../clock/clock';
import type { Redis } from '../../redis/redis';
import { AuditStore, type StoredLine, type TrailSlice } from '../audit-store';
import { type Chain, Chains, headOf, splitLine, type TrailKey } from '../chain/chain';
import type { Checkpoints } from '../chain/checkpoints';
import type { ChainEnd } from '../chain/opening';

const KEY = 'stagedoor:audit';
const PAGE = 500;
const MS_OF_A_DAY = 24 * 60 * 60 * 1000;
/** The greatest difference between the clocks of Redis and the replicas, in milliseconds. */
const MAX_SKEW_MS = 60_000;
/** Not 0-0, as Redis rejects a range that ends before it. */
const POSITION = /^[1-9]\d{0,14}-\d{1,15}$/;

/** Stores all lines of a batch, or the first ones: never a line after a missing one, which would look like tampering. */
const APPEND = `
for index = 3, #ARGV do redis.call('XADD', KEYS[1], '*', 'chain', ARGV[1], 'line', ARGV[index]) end
redis.call('XTRIM', KEYS[1], 'MINID', '~', ARGV[2])
return #ARGV - 2`;

/** One line of the trail in the stream. */
interface StreamEntry {
  /** Assigned by Redis: milliseconds of its clock, and a counter. */
  readonly id: string;
  readonly chain: string;
  readonly line: string;
}

/**
 * The trail as one Redis stream that several replicas share. Each process writes a chain of its own, so chains interleave;
 * every entry names its chain. Durable means what the server's `appendfsync` makes of it.
 */
export class RedisAuditStore extends AuditStore {
  #chain: Chain | undefined;
  readonly #chains: Chains;

  constructor(
    private readonly redis: Redis,
    key: TrailKey,
    private readonly checkpoints: Checkpoints,
    private readonly clock: Clock,
    private readonly retentionMs: number,
  ) {
    super();
    this.#chains = new Chains(key, clock);
  }

  async append(bodies: readonly string[]): Promise<void> {
    if (this.#chain?.isOutdated) await this.#sealChain(this.#chain);
    const chain = this.#chain ?? (await this.#openChain());
    this.#chain = chain;
    await this.#write(
      chain,
      bodies.map((body) => chain.link(body)),
    );
  }

  async *newestFirst({ from, to, before }: TrailSlice): AsyncGenerator<StoredLine> {
    const first = from === undefined ? '' : new Date(from).toISOString();
    const last = to === undefined ? '~' : new Date(to).toISOString();
    const start = from === undefined ? '-' : `${Math.max(0, from - MAX_SKEW_MS)}`;
    let end = to === undefined ? '+' : `${to + MAX_SKEW_MS}`;
    if (before !== undefined) end = `(${before}`;
    for (;;) {
      const entries = await this.#read(end, start, PAGE);
      for (const { id, line } of entries) {
        const time = headOf(Buffer.from(line))?.time;
        if (time !== undefined && time >= first && time < last) yield { position: id, text: line };
      }
      const oldest = entries.at(-1);
      if (!oldest) return;
      end = `(${oldest.id}`;
    }
  }

  isPosition(text: string): boolean {
    return POSITION.test(text);
  }

  async seal(): Promise<void> {
    if (this.#chain) await this.#sealChain(this.#chain);
    await this.checkpoints.close();
  }

  async #sealChain(chain: Chain): Promise<void> {
    await this.#write(chain, [chain.seal()], true);
    this.#chain = undefined;
  }

  async #openChain(): Promise<Chain> {
    const chain = this.#chains.next();
    const after = endOf((await this.#read('+', '-', 1))[0]);
    await this.#write(chain, [chain.open({ after, keptFrom: new Date(this.#oldestKept()).toISOString() })]);
    return chain;
  }

  /** After a failure it is unknown how many of the lines Redis has, or will have, so the next batch opens another chain. */
  async #write(chain: Chain, lines: readonly string[], isFinal = false): Promise<void> {
    const stored = lines.map((line) => line.trimEnd());
    try {
      await this.redis.run((commands) => commands.eval(APPEND, 1, KEY, chain.id, this.#oldestKept(), ...stored));
    } catch (error) {
      this.#chain = undefined;
      throw error;
    }
    this.checkpoints.note(chain.end, isFinal);
  }

  async #read(end: string, start: string, count: number): Promise<StreamEntry[]> {
    return streamEntries(await this.redis.run((commands) => commands.xrevrange(KEY, end, start, 'COUNT', count)));
  }

  #oldestKept(): number {
    return Math.floor((this.clock.now() - this.retentionMs) / MS_OF_A_DAY) * MS_OF_A_DAY;
  }
}

function endOf(entry: StreamEntry | undefined): ChainEnd | null {
  if (!entry) return null;
  const line = Buffer.from(entry.line);
  const seq = headOf(line)?.seq;
  const hash = splitLine(line)?.hash;
  return seq === undefined || hash === undefined ? null : { chain: entry.chain, seq, hash, torn: 0 };
}

/** Reads a reply of XREVRANGE; foreign entries are left out. */
export function streamEntries(reply: unknown): StreamEntry[] {
  if (!Array.isArray(reply)) return [];
  return reply.flatMap((entry: unknown) => {
    if (!Array.isArray(entry)) return [];
    const [id, fields]: unknown[] = entry;
    if (typeof id !== 'string' || !Array.isArray(fields)) return [];
    const [chainName, chain, lineName, line]: unknown[] = fields;
    if (chainName !== 'chain' || lineName !== 'line' || typeof chain !== 'string' || typeof line !== 'string')
      return [];
    return [{ id, chain, line }];
  });
}
