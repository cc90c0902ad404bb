import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrailKey } from '../../../src/audit/chain/chain';
import {
  type ChainFile,
  type CreateChainFile,
  createChainFile,
  FileAuditStore,
} from '../../../src/audit/stores/file-audit-store';
import { type TrailToVerify, verifyTrail } from '../../../src/audit/verify/verify-trail';
import { createLogger } from '../../../src/observability/log/logger';
import { Secret } from '../../../src/secrets/secret';
import { SecretKeys } from '../../../src/secrets/secret-keys';
import type { ManualClock } from '../manual-clock';

const DAY = 24 * 60 * 60 * 1000;

export const body = (n: number): string => JSON.stringify({ phase: 'event', action: 'cache.purge', n });

export const bodies = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => body(from + index));

export const keyOf = (text: string): TrailKey => new TrailKey(new SecretKeys(Secret.of(text.repeat(32))));

export const chainOf = (file: string): string => file.replace('.jsonl', '');

type VerifyOptions = Partial<Omit<TrailToVerify, 'directory' | 'checkpointDirectory'>> & {
  readonly checkpoints?: string;
};

/** A directory with a trail, whose stores may be left open like in a crash; retention is three days. */
export class TrailFolder {
  readonly directory: string;
  readonly #files: ChainFile[] = [];
  readonly #log: string[] = [];

  private constructor(
    readonly root: string,
    readonly key: TrailKey,
  ) {
    this.directory = join(root, 'audit');
  }

  static async make(): Promise<TrailFolder> {
    return new TrailFolder(await mkdtemp(join(tmpdir(), 'trail-')), keyOf('k'));
  }

  /** A new store on the directory, like that of a new process. */
  open(
    clock: ManualClock,
    options: { maxBytes?: number; key?: TrailKey; isOneOfSeveral?: boolean } = {},
  ): FileAuditStore {
    const { directory, checkpoints: checkpointDirectory, key } = this;
    const create: CreateChainFile = async (...location) => {
      const file = await createChainFile(...location);
      this.#files.push(file);
      return file;
    };
    const logger = createLogger({
      ...{ level: 'info', format: 'json' },
      destination: { write: (line) => void this.#log.push(line) },
    });
    const location = { directory, checkpointDirectory, retentionMs: 3 * DAY };
    return new FileAuditStore(location, { key, clock, logger, create, ...options });
  }

  /** Four chains of 10 records: one cut by a crash within a line, two of a process that rotated, one sealed. */
  async fill(clock: ManualClock): Promise<void> {
    await this.open(clock).append(bodies(0, 10));
    const [first = ''] = await this.chains();
    await writeFile(join(this.directory, first), '{"seq":11,"time":"2026', { flag: 'a' });
    await clock.advance(1000);
    const store = this.open(clock, { maxBytes: 500 });
    for (const start of [10, 20, 30]) {
      await clock.advance(1000);
      await store.append(bodies(start, 10));
    }
    await store.seal();
  }

  get checkpoints(): string {
    return join(this.directory, 'checkpoints');
  }

  /** The file names of all chains. */
  async chains(): Promise<string[]> {
    return (await readdir(this.directory)).filter((name) => name.endsWith('.jsonl')).sort();
  }

  async linesOf(name: string | undefined): Promise<Record<string, unknown>[]> {
    const text = await readFile(join(this.directory, name ?? ''), 'utf8');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  /** Rewrites the lines of the chain at `index`; returns the chain. */
  async edit(index: number, change: (lines: string[]) => string[]): Promise<string> {
    const file = (await this.chains())[index] ?? '';
    const path = join(this.directory, file);
    const lines = (await readFile(path, 'utf8')).split(/(?<=\n)/);
    await writeFile(path, change(lines).join(''));
    return chainOf(file);
  }

  async editCheckpoints(index: number, change: (text: string) => string): Promise<string> {
    const file = (await readdir(this.checkpoints)).sort()[index] ?? '';
    await writeFile(join(this.checkpoints, file), change(await readFile(join(this.checkpoints, file), 'utf8')));
    return file.replace('.checkpoints.jsonl', '');
  }

  /** The events that were logged since the last call. */
  logged(): string[] {
    return this.#log.splice(0).map((line) => JSON.parse(line).event);
  }

  verify({ checkpoints = this.checkpoints, ...options }: VerifyOptions = {}) {
    return verifyTrail({ directory: this.directory, checkpointDirectory: checkpoints, keys: [this.key], ...options });
  }

  async close(): Promise<void> {
    for (const file of this.#files) await file.close();
    // A checkpoint may be written at this moment.
    await rm(this.root, { recursive: true, maxRetries: 5 });
  }
}
