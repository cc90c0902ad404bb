import { headOf, NO_HASH, splitLine, type TrailKey } from '../chain/chain';
import type { ChainEvidence } from './evidence';
import type { Finding } from './verification';

const LINE_END = 0x0a;
const MAX_LINE = 16 * 1024 * 1024;
const SEAL = ',"phase":"seal"';

interface ChainToVerify {
  readonly chain: string;
  /** Its lines, in blocks of any size. */
  readonly blocks: AsyncIterable<Buffer>;
  /** Undefined if the key is unknown; sequences and evidence are checked nevertheless. */
  readonly key: TrailKey | undefined;
  readonly evidence: ChainEvidence;
  /** Called with each line that the key wrote. */
  readonly onGenuine: (line: Buffer) => void;
  /** Called with the number of bytes read since the last call. */
  readonly onRead: (bytes: number) => void;
}

/** Reads a chain once from its first line to its last, in bounded memory. */
export async function verifyChain(subject: ChainToVerify): Promise<{ lines: number; finding: Finding | undefined }> {
  const reader = new ChainReader(subject);
  let rest: Buffer = Buffer.alloc(0);
  for await (const block of subject.blocks) {
    subject.onRead(block.length);
    const text: Buffer = rest.length > 0 ? Buffer.concat([rest, block]) : block;
    let start = 0;
    for (let end = text.indexOf(LINE_END); end >= 0; end = text.indexOf(LINE_END, start)) {
      const reason = reader.check(text.subarray(start, end));
      if (reason !== undefined) return reader.tampered(reason);
      start = end + 1;
    }
    rest = text.subarray(start);
    if (rest.length > MAX_LINE) return reader.tampered('a line is longer than any that Stagedoor writes');
  }
  return reader.end(rest.length);
}

class ChainReader {
  /** The next sequence, and thereby the number of lines that were in order. */
  #seq = 0;
  #hash = NO_HASH;
  #isSealed = false;

  constructor(private readonly subject: ChainToVerify) {}

  /** Why this line cannot be the next one; undefined if it can. */
  check(line: Buffer): string | undefined {
    const { key, evidence, onGenuine } = this.subject;
    const parts = splitLine(line);
    if (!parts) return 'the line was not written by Stagedoor';
    if (this.#isSealed) return 'there is a line after the seal';
    if (headOf(line)?.seq !== this.#seq) return 'the sequence is not the next one';
    if (key && key.hash(this.#hash, parts.hashed) !== parts.hash)
      return 'the hash does not match this line and the one before';
    if (evidence.contradicts(this.#seq, parts.hash))
      return 'a checkpoint, a later chain or an anchor has another hash for this line';
    if (key) onGenuine(line);
    this.#hash = parts.hash;
    this.#seq += 1;
    this.#isSealed = parts.hashed.includes(SEAL, parts.hashed.length - SEAL.length);
    return undefined;
  }

  tampered(reason: string): { lines: number; finding: Finding } {
    return { lines: this.#seq, finding: { state: 'tampered', chain: this.subject.chain, seq: this.#seq, reason } };
  }

  end(tornBytes: number): { lines: number; finding: Finding | undefined } {
    const { evidence, chain } = this.subject;
    const last = this.#seq - 1;
    if (this.#seq === 0) return this.tampered('the chain has no first line');
    if (evidence.highest > last)
      return this.tampered('a checkpoint, a later chain or an anchor names a line that is missing');
    if (this.#isSealed && tornBytes > 0) return this.tampered('there is text after the seal');
    const tail = (state: 'torn-tail' | 'unanchored-tail', reason: string) => ({
      lines: this.#seq,
      finding: { state, chain, seq: this.#seq, reason },
    });
    if (tornBytes > 0 && !evidence.accountsFor(last, tornBytes)) {
      return tail('torn-tail', 'the last line is incomplete, as after a crash during a write');
    }
    if (!this.#isSealed && !evidence.anchors(last)) {
      return tail(
        'unanchored-tail',
        'no seal, checkpoint or later chain confirms the end, so later lines may be missing',
      );
    }
    return { lines: this.#seq, finding: undefined };
  }
}
