import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrailKey } from '../../src/audit/chain/chain';
import type { AuditRecord } from '../../src/audit/record';
import { serialise } from '../../src/audit/recording/serialise';
import { type ChainFile, createChainFile, FileAuditStore } from '../../src/audit/stores/file-audit-store';
import { verifyTrail } from '../../src/audit/verify/verify-trail';
import { createLogger } from '../../src/observability/log/logger';
import { seededRandom } from '../../src/sandbox/faults/fault';
import { Secret } from '../../src/secrets/secret';
import { SecretKeys } from '../../src/secrets/secret-keys';
import { ManualClock } from '../support/manual-clock';

/** `npm run test:trail` writes a million. */
const RECORDS = Number(process.env['TRAIL_RECORDS'] ?? 6000);
/** Part of the test's title: the same seed makes the same trail. */
const SEED = Number(process.env['TRAIL_SEED'] ?? Date.now() % 2 ** 31);
/** How often the whole trail is verified while it grows. */
const VERIFICATIONS = 20;
const MAX_BATCH = 500;
const MAX_BYTES = 256 * 1024;
const RETENTION_MS = 400 * 24 * 60 * 60 * 1000;

jest.setTimeout(60_000 + RECORDS);

/** Events between two batches, with their probability in per cent. */
const EVENTS = { restart: 2, crash: 2, 'torn line': 2, 'failed write': 2, 'another key': 1, 'another day': 1 } as const;
type Event = keyof typeof EVENTS;

const secretKeys = (text: string) => new SecretKeys(Secret.of(text.repeat(32)));
const keyOf = (text: string) => new TrailKey(secretKeys(text));
const logger = createLogger({ level: 'silent', format: 'json' });

describe(`a trail of ${RECORDS} records that nobody tampered with, seed ${SEED}`, () => {
  const keys = [keyOf('a'), keyOf('b')];
  const clock = new ManualClock();
  const random = seededRandom(SEED);
  const files: ChainFile[] = [];
  const happened: Partial<Record<Event, number>> = {};
  let directory: string;
  let isFailing = false;
  let recordCount = 0;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'stagedoor-trail-'));
  });
  // A store that was dropped may still make an index.
  afterAll(() => rm(directory, { recursive: true, maxRetries: 10 }));

  const open = (): FileAuditStore => {
    const [key = keyOf('a')] = keys;
    const location = { directory, checkpointDirectory: join(directory, 'checkpoints'), retentionMs: RETENTION_MS };
    return new FileAuditStore(location, {
      ...{ key, clock, logger, maxBytes: MAX_BYTES },
      create: async (...args) => {
        const file = await createChainFile(...args);
        files.push(file);
        return {
          close: () => file.close(),
          append: async (text) => {
            await file.append(isFailing ? text.slice(0, text.length * random()) : text);
            if (isFailing) throw new Error('no space left');
          },
        };
      },
    });
  };

  const newestFile = async () => {
    const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).sort();
    return join(directory, names.at(-1) ?? '');
  };

  /** Drops the store like a crash: without a seal and without a signature. */
  const crash = async (): Promise<FileAuditStore> => {
    for (const file of files.splice(0)) await file.close().catch(() => undefined);
    await clock.advance(1);
    return open();
  };

  const perform: Readonly<Record<Event, (store: FileAuditStore) => Promise<FileAuditStore>>> = {
    restart: async (store) => {
      await store.seal();
      return crash();
    },
    crash,
    'torn line': async (store) => {
      // A crash cuts only a line that is being written, so never a sealed one.
      await store.append(batch(1));
      await appendFile(
        await newestFile(),
        `{"seq":${Math.floor(random() * 1e6)},"time":"2026`.slice(0, 1 + random() * 25),
      );
      return crash();
    },
    'failed write': async (store) => {
      isFailing = true;
      await expect(store.append(batch(3))).rejects.toThrow();
      isFailing = false;
      await clock.advance(1);
      return store;
    },
    'another key': async (store) => {
      await store.seal();
      keys.reverse();
      return crash();
    },
    'another day': async (store) => {
      await clock.advance(24 * 60 * 60 * 1000);
      return store;
    },
  };

  function batch(count: number): string[] {
    return Array.from({ length: count }, () => {
      recordCount += 1;
      const record: AuditRecord = {
        ...{ id: `r${recordCount}`, phase: 'event', tenant: 'acme', caller: 'billing', action: 'cache.purge' },
        ...{ requestId: `q${recordCount}`, address: '10.0.0.1', outcome: 'success', status: 204 },
      };
      return serialise(record, secretKeys('a'));
    });
  }

  it('is never reported as tampered, whatever happens to its writers', async () => {
    let store = open();
    let written = 0;
    for (let next = RECORDS / VERIFICATIONS; written < RECORDS; ) {
      const bodies = batch(1 + Math.floor(random() * MAX_BATCH));
      await store.append(bodies);
      written += bodies.length;
      await clock.advance(Math.floor(random() * 3000));
      for (const [event, share] of Object.entries(EVENTS) as [Event, number][]) {
        if (random() * 100 >= share * Math.max(1, 60_000 / RECORDS)) continue;
        happened[event] = (happened[event] ?? 0) + 1;
        store = await perform[event](store);
      }
      if (written < next) continue;
      next += RECORDS / VERIFICATIONS;
      const { findings } = await verify();
      expect(findings.filter(({ state }) => state === 'tampered' || state === 'unknown-key')).toEqual([]);
    }
    // The next start records the last event, whatever it was.
    await store.append(batch(1));
    await store.seal();
    for (const file of files) await file.close().catch(() => undefined);

    const { state, lines, chains, findings } = await verify();
    expect({ state, findings }).toEqual({ state: 'ok', findings: [] });
    expect(lines).toBeGreaterThanOrEqual(RECORDS);
    process.stdout.write(`${lines} lines in ${chains} chains, ${JSON.stringify(happened)}: ${state}\n`);
  });

  const verify = () => verifyTrail({ directory, checkpointDirectory: join(directory, 'checkpoints'), keys });
});
