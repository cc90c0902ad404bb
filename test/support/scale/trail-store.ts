import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrailKey } from '../../../src/audit/chain/chain';
import { Checkpoints } from '../../../src/audit/chain/checkpoints';
import { withConnection } from '../../../src/audit/postgres/connect';
import { PostgresAuditStore } from '../../../src/audit/postgres/postgres-audit-store';
import { PostgresTrail } from '../../../src/audit/postgres/postgres-trail';
import { TrailDatabase } from '../../../src/audit/postgres/trail-database';
import { AuditQuery } from '../../../src/audit/query/audit-query';
import type { AuditRecord } from '../../../src/audit/record';
import { Recorder } from '../../../src/audit/recording/recorder';
import { serialise } from '../../../src/audit/recording/serialise';
import { verifyTrail } from '../../../src/audit/verify/verify-trail';
import { type Clock, SystemClock } from '../../../src/clock/clock';
import { createLogger } from '../../../src/observability/log/logger';
import { Metrics } from '../../../src/observability/metrics';
import { Secret } from '../../../src/secrets/secret';
import { SecretKeys } from '../../../src/secrets/secret-keys';
import { SECRET_KEY } from '../stagedoor';

const RETENTION_MS = 400 * 24 * 60 * 60 * 1000;
const keys = new SecretKeys(Secret.of(SECRET_KEY));
const key = new TrailKey(keys);
const logger = createLogger({ level: 'silent', format: 'json' });

export const tenantOf = (n: number): string => `tenant-${n}`;

/** A record as writes leave them, about 400 bytes. */
export function recordFor(tenant: string, n: number): string {
  const record: AuditRecord = {
    ...{ id: `record-${n}-of-${tenant}`, phase: 'event', tenant, caller: 'billing', action: 'integration.update' },
    ...{ target: { type: 'integration', id: `integration-${n % 50}` }, outcome: 'success', status: 200 },
    ...{ requestId: `request-${n}`, address: '10.0.0.1', attempts: 1, durationMs: 120 },
    changes: [{ pointer: '/name', from: `name ${n}`, to: `name ${n + 1}` }],
  };
  return serialise(record, keys);
}

/** The parts of one replica that write and read a trail in a database. */
export class TrailReplica {
  readonly store: PostgresAuditStore;
  readonly query: AuditQuery;
  readonly recorder: Recorder;

  private constructor(
    readonly database: TrailDatabase,
    private readonly checkpointDirectory: string,
    clock: Clock,
  ) {
    const checkpoints = new Checkpoints(checkpointDirectory, key, clock, logger);
    this.store = new PostgresAuditStore(database, key, checkpoints, clock, RETENTION_MS);
    this.query = new AuditQuery(this.store, keys);
    this.recorder = new Recorder(this.store, new SystemClock(), new Metrics(), logger);
  }

  static async open(url: string, clock: Clock = new SystemClock()): Promise<TrailReplica> {
    const database = new TrailDatabase({ url: Secret.of(url) });
    await database.prepare();
    return new TrailReplica(database, await mkdtemp(join(tmpdir(), 'checkpoints-')), clock);
  }

  /** Verifies the trail in a database with the checkpoints of this replica. */
  verify(url: string) {
    return withConnection({ url: Secret.of(url) }, (client) =>
      verifyTrail({
        directory: new PostgresTrail(client),
        checkpointDirectory: this.checkpointDirectory,
        keys: [key],
      }),
    );
  }

  async close(): Promise<void> {
    await this.recorder.seal();
    await this.store.close();
    await rm(this.checkpointDirectory, { recursive: true, force: true });
  }
}
