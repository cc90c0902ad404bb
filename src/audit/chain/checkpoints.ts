import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock/clock';
import { logEvent } from '../../observability/log/log-events';
import type { Logger } from '../../observability/log/logger';
import { reasonOf } from '../audit-store';
import type { ChainPoint, TrailKey } from './chain';

const SIGNED = /^(\{.*),"signature":"([A-Za-z0-9_-]{86})"\}$/;
const CHAIN_POINT = /^\{"chain":"([^"]*)","seq":(\d{1,15}),"hash":"([^"]*)",.*"keyId":"([^"]*)"$/;

const RECORDS_BETWEEN = 1000;
const MS_BETWEEN = 10_000;
const FILE_SUFFIX = '.checkpoints.jsonl';
const OPEN_FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

/** States that the chain had this line at this time. */
export interface Checkpoint extends ChainPoint {
  readonly keyId: string;
  /** The text that was signed. */
  readonly signed: string;
  readonly signature: string;
}

/** A checkpoint as a line of JSON; the signature covers the bytes in front of the `signature` member. */
function checkpointLine({ chain, seq, hash }: ChainPoint, key: TrailKey, now: number): string {
  const time = new Date(now).toISOString();
  const signed = JSON.stringify({ chain, seq, hash, time, keyId: key.id }).slice(0, -1);
  return `${signed},"signature":"${key.sign(signed)}"}\n`;
}

/** Reads a checkpoint without verifying its signature; undefined for any other line. */
export function readCheckpoint(line: string): Checkpoint | undefined {
  const [, signed, signature] = SIGNED.exec(line) ?? [];
  if (signed === undefined || signature === undefined) return undefined;
  const [, chain, seq, hash, keyId] = CHAIN_POINT.exec(signed) ?? [];
  if (chain === undefined || hash === undefined || keyId === undefined) return undefined;
  return { chain, seq: Number(seq), hash, keyId, signed, signature };
}

export const checkpointFileOf = (chain: string): string => `${chain}${FILE_SUFFIX}`;

/** The chain of a file of checkpoints; undefined for any other file. */
export function chainOfCheckpoints(file: string): string | undefined {
  return file.endsWith(FILE_SUFFIX) ? file.slice(0, -FILE_SUFFIX.length) : undefined;
}

/**
 * Signs the end of each chain every 1,000 records or 10 s, whichever comes first, and stores it apart from the trail: to cut the
 * trail, somebody has to cut the checkpoints, too. No record waits for a checkpoint, and a failure is only logged.
 */
export class Checkpoints {
  /** The newest end of each chain that is not signed yet. */
  readonly #due = new Map<string, ChainPoint>();
  readonly #stop = new AbortController();
  #signed: ChainPoint | undefined;
  #writing: Promise<void> | undefined;
  #isTimed = false;
  /** Whether the last line may be torn: the next one then starts on a line of its own. */
  #isTorn = false;
  /** The file that was written last, with its size after that write. */
  #lastWritten: { readonly chain: string; readonly ino: number; readonly size: number } | undefined;

  constructor(
    private readonly directory: string,
    private readonly key: TrailKey,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** `end`: the last durable line of a chain. `isFinal`: the chain ends here. */
  note(end: ChainPoint, isFinal = false): void {
    this.#due.set(end.chain, end);
    const since = this.#signed?.chain === end.chain ? this.#signed.seq : -1;
    if (isFinal || end.seq - since >= RECORDS_BETWEEN) void this.#write();
    else void this.#writeLater();
  }

  /** Signs what is left. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#writing;
    await this.#write();
  }

  async #writeLater(): Promise<void> {
    if (this.#isTimed || this.#stop.signal.aborted) return;
    this.#isTimed = true;
    try {
      await this.clock.sleep(MS_BETWEEN, this.#stop.signal);
      this.#isTimed = false;
      await this.#write();
    } catch {
      // Closed meanwhile: close() writes what is left.
    }
  }

  /** One write at a time, so that a hung disk occupies one thread. Later ends are signed by the next write. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeDue().finally(() => {
      this.#writing = undefined;
      if (this.#due.size > 0) void this.#writeLater();
    });
    return this.#writing;
  }

  async #writeDue(): Promise<void> {
    for (const [chain, end] of this.#due) {
      try {
        await this.#append(end);
        logEvent(this.logger, 'audit.checkpoint', { anchor: `${end.chain}:${end.seq}:${end.hash}` });
        this.#isTorn = false;
        this.#signed = end;
        if (this.#due.get(chain) === end) this.#due.delete(chain);
      } catch (error) {
        this.#isTorn = true;
        this.#lastWritten = undefined;
        logEvent(this.logger, 'audit.checkpoint-missing', { reason: reasonOf(error) });
        return;
      }
    }
  }

  async #append(end: ChainPoint): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const file = await open(join(this.directory, checkpointFileOf(end.chain)), OPEN_FLAGS, 0o600);
    try {
      const { ino, size } = await file.stat();
      if (
        this.#lastWritten?.chain === end.chain &&
        (this.#lastWritten.ino !== ino || this.#lastWritten.size !== size)
      ) {
        logEvent(this.logger, 'audit.checkpoint-missing', { reason: 'file-changed' });
      }
      const line = `${this.#isTorn ? '\n' : ''}${checkpointLine(end, this.key, this.clock.now())}`;
      await file.appendFile(line);
      await file.datasync();
      this.#lastWritten = { chain: end.chain, ino, size: size + Buffer.byteLength(line) };
    } finally {
      await file.close();
    }
  }
}
