import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Checkpoints } from '../../src/audit/chain/checkpoints';
import { PostgresAuditStore } from '../../src/audit/postgres/postgres-audit-store';
import { TrailDatabase } from '../../src/audit/postgres/trail-database';
import { createChainFile, FileAuditStore } from '../../src/audit/stores/file-audit-store';
import { createLogger } from '../../src/observability/log/logger';
import { Secret } from '../../src/secrets/secret';
import { PostgresServer, queryOf } from '../support/postgres-server';
import { auditStoreContract, type StoreFixture } from './audit-store.contract';

const RETENTION_MS = 400 * 24 * 60 * 60 * 1000;
const logger = createLogger({ level: 'silent', format: 'json' });

auditStoreContract('FileAuditStore', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'audit-store-'));
  const opened: { close(): Promise<void> }[] = [];
  let isBroken = false;
  const fixture: StoreFixture = {
    async open(clock, key) {
      const location = { directory, checkpointDirectory: join(directory, 'checkpoints'), retentionMs: RETENTION_MS };
      const store = new FileAuditStore(location, {
        ...{ key, clock, logger },
        create: async (...args) => {
          const file = await createChainFile(...args);
          opened.push(file);
          return {
            append: async (text) => {
              await file.append(isBroken ? text.slice(0, text.length / 2) : text);
              if (isBroken) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
            },
            close: () => file.close(),
          };
        },
      });
      return store;
    },
    async chains() {
      const files = (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).sort();
      const texts = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8')));
      return new Map(
        files.map((name, index) => [name.replace('.jsonl', ''), (texts[index] ?? '').split('\n').slice(0, -1)]),
      );
    },
    async break() {
      isBroken = true;
    },
    async repair() {
      isBroken = false;
    },
    async close() {
      for (const file of opened) await file.close();
      await rm(directory, { recursive: true });
    },
  };
  return fixture;
});

describe('with PostgreSQL', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await PostgresServer.start();
  });

  afterAll(() => server.close());

  auditStoreContract('PostgresAuditStore', async () => {
    const url = await server.createDatabase();
    const directory = await mkdtemp(join(tmpdir(), 'audit-store-'));
    const databases: TrailDatabase[] = [];
    return {
      async open(clock, key) {
        const database = new TrailDatabase({ url: Secret.of(url) });
        databases.push(database);
        await database.prepare();
        const checkpoints = new Checkpoints(directory, key, clock, logger);
        return new PostgresAuditStore(database, key, checkpoints, clock, RETENTION_MS);
      },
      async chains() {
        const chains = new Map<string, string[]>();
        for (const { chain, line } of await queryOf(url, LINES)) {
          chains.set(chain, [...(chains.get(chain) ?? []), line]);
        }
        return chains;
      },
      async break() {
        await server.query(
          `ALTER DATABASE ${nameOf(url)} SET default_transaction_read_only = on; ${endConnections(url)}`,
        );
      },
      async repair() {
        await server.query(`ALTER DATABASE ${nameOf(url)} RESET default_transaction_read_only; ${endConnections(url)}`);
      },
      async close() {
        await Promise.all(databases.map((database) => database.close()));
        await rm(directory, { recursive: true });
      },
    };
  });
});

const LINES = 'SELECT chain, line FROM stagedoor.audit_lines ORDER BY chain, seq';
const nameOf = (url: string): string => new URL(url).pathname.slice(1);
const endConnections = (url: string): string =>
  `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${nameOf(url)}'`;
