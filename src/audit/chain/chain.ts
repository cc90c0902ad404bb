import { createHmac, createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Clock } from '../../clock/clock';
import { SecretKeys } from '../../secrets/secret-keys';
import type { Opening } from './opening';

const MS_OF_A_DAY = 24 * 60 * 60 * 1000;
/** The least age at which a clock that went back ends a chain, in milliseconds. */
const MIN_LIFE_MS = 60_000;
/** The greatest step back of the clock that a chain waits out, in milliseconds. */
export const MAX_STEP_BACK_MS = 60 * 60 * 1000;

const CHAIN_ID = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3}Z)-[0-9a-f]{16}$/;

const HASH_MEMBER = ',"hash":"';
const HASH_DIGITS = 43;
const END = '"}';
const TAIL_LENGTH = HASH_MEMBER.length + HASH_DIGITS + END.length;
const TAIL = /^,"hash":"([A-Za-z0-9_-]{43})"\}$/;
const HEAD_LENGTH = 80;
const HEAD = /^\{"seq":(\d{1,15}),"time":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)",/;

/** The hash before the first line of a chain. */
export const NO_HASH = '0'.repeat(HASH_DIGITS);

/** The DER frame around the 32 bytes of an Ed25519 private key (RFC 8410, section 7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The keys of the trail, all derived from `SECRET_KEY`: one for the hashes of the chain, one that signs checkpoints, one for indexes,
 * and an id that identifies the `SECRET_KEY` without revealing it.
 */
@Injectable()
export class TrailKey {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly #chain: Buffer;
  readonly #private: KeyObject;
  readonly #public: KeyObject;

  constructor(private readonly keys: SecretKeys) {
    this.id = keys.keyId('audit');
    this.#chain = keys.mac('audit', 'chain');
    const der = Buffer.concat([PKCS8_ED25519, keys.mac('audit', 'checkpoint')]);
    this.#private = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    this.#public = createPublicKey(this.#private);
  }

  /** HMAC-SHA256 in base64url (43 digits). The previous hash has a fixed length, so the border of the two parts is unambiguous. */
  hash(previous: string, text: string | Buffer): string {
    return createHmac('sha256', this.#chain).update(previous).update(text).digest('base64url');
  }

  /** HMAC-SHA256 for the indexes of chains, under a key of their own. */
  indexMac(...parts: readonly (string | Buffer)[]): Buffer {
    return this.keys.mac('audit-index', ...parts);
  }

  /** Ed25519 in base64url (86 digits). */
  sign(text: string): string {
    return sign(null, Buffer.from(text), this.#private).toString('base64url');
  }

  hasSigned(text: string, signature: string): boolean {
    return verify(null, Buffer.from(text), this.#public, Buffer.from(signature, 'base64url'));
  }
}

/** A line of a chain, and with it everything before that line. */
export interface ChainPoint {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

/** Makes lines of bodies, each bound to the line before. */
export class Chain {
  /** `20260101T120000.000Z-9f86d081884c7d65`: sorts by start, and is unique among writers. */
  readonly id: string;
  readonly #endOfDay: number;
  #seq = -1;
  #hash = NO_HASH;
  #time: number;
  readonly #openedAt: number;

  /** `start`: milliseconds since the epoch. */
  constructor(
    start: number,
    private readonly key: TrailKey,
    private readonly clock: Clock,
  ) {
    this.id = `${new Date(start).toISOString().replaceAll(/[-:]/g, '')}-${randomBytes(8).toString('hex')}`;
    this.#time = start;
    this.#openedAt = clock.monotonic();
    this.#endOfDay = (Math.floor(start / MS_OF_A_DAY) + 1) * MS_OF_A_DAY - 1;
  }

  /** The first line. */
  open(opening: Opening): string {
    return this.link(JSON.stringify({ phase: 'open', chain: this.id, keyId: this.key.id, ...opening }));
  }

  /**
   * The next line, with its line end, for the text of a JSON object that is not empty. Its time never goes back and never leaves
   * the UTC day of the chain, whatever the clock does, as readers find lines by their time.
   */
  link(body: string): string {
    this.#time = Math.min(Math.max(this.#time, this.clock.now()), this.#endOfDay);
    this.#seq += 1;
    const time = new Date(this.#time).toISOString();
    const hashed = `{"seq":${this.#seq},"time":"${time}",${body.slice(1, -1)}`;
    this.#hash = this.key.hash(this.#hash, hashed);
    return `${closeLine(hashed, this.#hash)}\n`;
  }

  /** The last line. */
  seal(): string {
    return this.link(JSON.stringify({ phase: 'seal' }));
  }

  /**
   * Whether the UTC day of the chain is over, or the clock went back by more than an hour. The latter ends a chain once a minute
   * at most; otherwise a clock that jumps back and forth would make a chain for each batch.
   */
  get isOutdated(): boolean {
    const now = this.clock.now();
    if (now > this.#endOfDay) return true;
    return now < this.#time - MAX_STEP_BACK_MS && this.clock.monotonic() - this.#openedAt >= MIN_LIFE_MS;
  }

  /** The time of the line that was linked last, in milliseconds since the epoch. */
  get time(): number {
    return this.#time;
  }

  /** The line that was linked last. */
  get end(): ChainPoint {
    return { chain: this.id, seq: this.#seq, hash: this.#hash };
  }
}

/** The chains of one writer. Each starts after the one before, so that their names sort in their order. */
export class Chains {
  #lastStart = 0;

  constructor(
    private readonly key: TrailKey,
    private readonly clock: Clock,
  ) {}

  /** A clock that went back by more than an hour is followed: otherwise times would be wrong for long. */
  next(): Chain {
    const [now, last] = [this.clock.now(), this.#lastStart];
    this.#lastStart = now > last || last - now > MAX_STEP_BACK_MS ? now : last + 1;
    return new Chain(this.#lastStart, this.key, this.clock);
  }
}

/** When the chain began, as RFC 3339; undefined for anything but an id. */
export function startOfChain(id: string): string | undefined {
  const [whole, year, month, day, hour, minute, rest] = CHAIN_ID.exec(id) ?? [];
  return whole && `${year}-${month}-${day}T${hour}:${minute}:${rest}`;
}

export function closeLine(hashed: string, hash: string): string {
  return `${hashed}${HASH_MEMBER}${hash}${END}`;
}

/** Splits the stored bytes of a line without parsing them; undefined if Stagedoor did not write them. */
export function splitLine(line: Buffer): { readonly hashed: Buffer; readonly hash: string } | undefined {
  const at = line.length - TAIL_LENGTH;
  const hash = at > 0 ? TAIL.exec(line.toString('latin1', at))?.[1] : undefined;
  return hash === undefined ? undefined : { hashed: line.subarray(0, at), hash };
}

/** Sequence and time of a line; undefined if Stagedoor did not write them. */
export function headOf(line: Buffer): { readonly seq: number; readonly time: string } | undefined {
  const [, seq, time] = HEAD.exec(line.toString('latin1', 0, HEAD_LENGTH)) ?? [];
  return seq === undefined || time === undefined ? undefined : { seq: Number(seq), time };
}
