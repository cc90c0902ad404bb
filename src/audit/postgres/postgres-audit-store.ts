import type { Clock } from '../../clock/clock';
import { AuditStore, type StoredLine, type TrailSlice } from '../audit-store';
import { type Chain, Chains, headOf, splitLine, type TrailKey } from '../chain/chain';
import type { Checkpoints } from '../chain/checkpoints';
import type { ChainEnd } from '../chain/opening';
import { isFilePosition } from '../stores/newest-first';
import { newestRows } from './newest-rows';
import type { TrailDatabase } from './trail-database';
import { rowOf } from './trail-row';

const APPEND = `
INSERT INTO stagedoor.audit_lines (chain, stored_at, seq, tenant, target, intent, intent_state, line)
SELECT $1, added.* FROM unnest($2::timestamptz[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) AS added`;

const NEWEST = 'SELECT chain, line FROM stagedoor.audit_lines ORDER BY stored_at DESC, chain DESC, seq DESC LIMIT 1';

/**
 * The trail as a table that several replicas share. Each process writes chains of its own, one for each UTC day, so no chain is in
 * two months. A batch is one statement: it is stored as a whole or not at all.
 */
export class PostgresAuditStore extends AuditStore {
  #chain: Chain | undefined;
  readonly #chains: Chains;

  constructor(
    private readonly database: TrailDatabase,
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
    if (bodies.length === 0) return;
    const lines = bodies.map((body) => chain.link(body));
    await this.#write(chain, lines);
  }

  newestFirst(slice: TrailSlice): AsyncIterable<StoredLine> {
    return newestRows(this.database, slice);
  }

  isPosition(text: string): boolean {
    return isFilePosition(text);
  }

  async seal(): Promise<void> {
    if (this.#chain) await this.#sealChain(this.#chain);
    await this.checkpoints.close();
  }

  override close(): Promise<void> {
    return this.database.close();
  }

  async #sealChain(chain: Chain): Promise<void> {
    await this.#write(chain, [chain.seal()], true);
    this.#chain = undefined;
  }

  async #openChain(): Promise<Chain> {
    await this.database.prepare();
    const [newest] = await this.database.read(NEWEST, []);
    const chain = this.#chains.next();
    await this.#write(chain, [chain.open({ after: endOf(newest), keptFrom: this.#keptFrom() })]);
    return chain;
  }

  /** After a failure it is unknown whether the lines are stored, or will be, so the next batch opens another chain. */
  async #write(chain: Chain, lines: readonly string[], isFinal = false): Promise<void> {
    const rows = lines.map((line) => rowOf(chain.id, line.trimEnd())).filter((row) => row !== undefined);
    const columns = (['storedAt', 'seq', 'tenant', 'target', 'intent', 'intentState', 'line'] as const).map((name) =>
      rows.map((row) => row[name]),
    );
    try {
      await this.database.write(APPEND, [chain.id, ...columns]);
    } catch (error) {
      this.#chain = undefined;
      throw error;
    }
    this.checkpoints.note(chain.end, isFinal);
  }

  /** The start of a month, as retention drops whole months: the verifier excuses no chain that retention keeps. */
  #keptFrom(): string {
    const oldest = new Date(this.clock.now() - this.retentionMs);
    return new Date(Date.UTC(oldest.getUTCFullYear(), oldest.getUTCMonth())).toISOString();
  }
}

function endOf(newest: { readonly chain?: unknown; readonly line?: unknown } | undefined): ChainEnd | null {
  if (!newest) return null;
  const line = Buffer.from(String(newest.line));
  const seq = headOf(line)?.seq;
  const hash = splitLine(line)?.hash;
  return seq === undefined || hash === undefined ? null : { chain: String(newest.chain), seq, hash, torn: 0 };
}
