import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Checkpoints } from '../../src/audit/chain/checkpoints';
import { createChainFile, FileAuditStore } from '../../src/audit/stores/file-audit-store';
import { RedisAuditStore, streamEntries } from '../../src/audit/stores/redis-audit-store';
import { createLogger } from '../../src/observability/logger';
import { RedisServer } from '../support/redis-server';
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

describe('with Redis', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start();
  });

  afterAll(() => server.stop());

  auditStoreContract('RedisAuditStore', async () => {
    await server.send('FLUSHALL');
    const directory = await mkdtemp(join(tmpdir(), 'audit-store-'));
    const connection = await server.connect();
    return {
      async open(clock, key) {
        return new RedisAuditStore(
          connection,
          key,
          new Checkpoints(directory, key, clock, logger),
          clock,
          RETENTION_MS,
        );
      },
      async chains() {
        const reply = await connection.run((commands) => commands.xrange('stagedoor:audit', '-', '+'));
        const chains = new Map<string, string[]>();
        for (const { chain, line } of streamEntries(reply)) chains.set(chain, [...(chains.get(chain) ?? []), line]);
        return chains;
      },
      async break() {
        await server.send('CONFIG SET maxmemory 1');
      },
      async repair() {
        await server.send('CONFIG SET maxmemory 0');
      },
      async close() {
        await connection.close();
        await rm(directory, { recursive: true });
      },
    };
  });
});
