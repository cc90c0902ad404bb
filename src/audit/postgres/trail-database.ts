import { Client, Pool, type QueryResultRow } from 'pg';
import { connectionOptions, type DatabaseSource, withConnection } from './connect';
import { DatabaseFailure } from './database-errors';
import { migrate, SchemaOutdated } from './migrate';

const READERS = 4;
/** Reads that wait for one of the readers. */
const MAX_WAITING_READS = 100;
/** A reader that is not used is closed after this time, in milliseconds. */
const IDLE_MS = 30_000;
/** The server ends a statement after this time, in milliseconds: a record waits 2 s. */
const WRITE_MS = 1900;
const READ_MS = 4000;
/** A server that does not respond at all: the connection is given up, in milliseconds. */
const SILENT_MS = 5000;
/** Warnings of PostgreSQL have a code of this class. */
const WARNING_CLASS = '01';

/** A connection that was given up while a statement ran. */
interface Abandoned {
  readonly pid: number;
  readonly startedAt: string;
}

/**
 * The connections to the database: one that writes, and a few that read, so that no reading delays a write. Each is opened when it
 * is needed and replaced after a failure. Failures are `DatabaseFailure`, or `SchemaOutdated`.
 */
export class TrailDatabase {
  readonly #readers: Pool;
  #writer: Writer | undefined;
  #abandoned: Abandoned | undefined;
  #isPrepared = false;
  #isClosed = false;

  constructor(private readonly source: DatabaseSource) {
    this.#readers = new Pool({
      ...connectionOptions(source),
      // A plan without an index would read a month of the trail.
      ...{ max: READERS, idleTimeoutMillis: IDLE_MS, options: '-c enable_seqscan=off' },
      ...{ statement_timeout: READ_MS, query_timeout: SILENT_MS },
    });
    // A reader that ends while it is idle is replaced by the pool.
    this.#readers.on('error', () => undefined);
  }

  /** Checks the schema, and migrates if the role may. Done once; each connection that writes waits for it. */
  async prepare(): Promise<void> {
    if (this.#isPrepared) return;
    try {
      await withConnection(this.source, migrate);
    } catch (error) {
      throw error instanceof SchemaOutdated ? error : DatabaseFailure.of(error);
    }
    this.#isPrepared = true;
  }

  /** Resolves when the statement is committed, as durable as `synchronous_commit` of the server makes it. One at a time. */
  async write(sql: string, parameters: readonly unknown[]): Promise<void> {
    if (this.#isClosed) throw new DatabaseFailure('closed');
    await this.prepare();
    const writer = this.#writer ?? (await this.#connect());
    try {
      await writer.run(sql, parameters);
    } catch (error) {
      // It is unknown what became of the statement, so the connection cannot be used further.
      this.#writer = undefined;
      this.#abandoned = writer.end();
      throw DatabaseFailure.of(error);
    }
  }

  async read(sql: string, parameters: readonly unknown[]): Promise<readonly QueryResultRow[]> {
    if (this.#readers.waitingCount >= MAX_WAITING_READS) throw new DatabaseFailure('too-many-reads');
    try {
      return (await this.#readers.query(sql, [...parameters])).rows;
    } catch (error) {
      throw DatabaseFailure.of(error);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#writer?.end();
    this.#writer = undefined;
    await this.#readers.end();
  }

  async #connect(): Promise<Writer> {
    try {
      const writer = await Writer.open(this.source, this.#abandoned);
      this.#abandoned = undefined;
      writer.onEnd(() => {
        if (this.#writer === writer) this.#writer = undefined;
      });
      this.#writer = writer;
      return writer;
    } catch (error) {
      throw DatabaseFailure.of(error);
    }
  }
}

/** The connection that writes. */
class Writer {
  #hasWarned = false;

  private constructor(
    private readonly client: Client,
    private readonly identity: Abandoned,
  ) {
    client.on('notice', ({ code }) => {
      if (code?.startsWith(WARNING_CLASS)) this.#hasWarned = true;
    });
  }

  static async open(source: DatabaseSource, abandoned: Abandoned | undefined): Promise<Writer> {
    const client = new Client({ ...connectionOptions(source), statement_timeout: WRITE_MS, query_timeout: SILENT_MS });
    client.on('error', () => undefined);
    try {
      await client.connect();
      // A server may wait for its standby as long as nobody ends that: each attempt would leave another such connection.
      if (abandoned) {
        await client.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start::text = $2',
          [abandoned.pid, abandoned.startedAt],
        );
      }
      await client.query(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
      );
      await client.query('SELECT stagedoor.create_audit_partitions()');
      const { rows } = await client.query(
        'SELECT pid, backend_start::text AS "startedAt" FROM pg_stat_activity WHERE pid = pg_backend_pid()',
      );
      return new Writer(client, { pid: Number(rows[0]?.pid), startedAt: String(rows[0]?.startedAt) });
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
  }

  /** A warning is a failure: PostgreSQL warns in place of failing when a commit is on this server, but not on its standby. */
  async run(sql: string, parameters: readonly unknown[]): Promise<void> {
    this.#hasWarned = false;
    await this.client.query(sql, [...parameters]);
    if (this.#hasWarned) throw new DatabaseFailure('not-on-standby');
  }

  onEnd(listener: () => void): void {
    this.client.once('end', listener);
  }

  end(): Abandoned {
    void this.client.end().catch(() => undefined);
    return this.identity;
  }
}
