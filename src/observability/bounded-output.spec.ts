import { setImmediate as tick } from 'node:timers/promises';
import { ManualClock } from '../../test/support/manual-clock';
import { BoundedOutput } from './bounded-output';

const MEBIBYTE = 1024 * 1024;
const LINE = `${'x'.repeat(1023)}\n`;

/** A pipe that holds so many bytes until somebody reads them. */
class Pipe {
  readonly clock = new ManualClock();
  readonly output = new BoundedOutput((bytes) => this.#write(bytes), this.clock);
  readonly dropped: number[] = [];
  readonly recovered: number[] = [];
  calls = 0;
  isClosed = false;
  #held = '';
  #read = '';

  constructor(private readonly capacity: number) {
    this.output.listen({
      onDrop: (lines) => void this.dropped.push(lines),
      onRecover: (lines) => {
        this.recovered.push(lines);
        this.output.write(`${lines} dropped\n`);
      },
    });
  }

  #write(bytes: Buffer): number {
    this.calls += 1;
    if (this.isClosed) throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const taken = bytes.subarray(0, this.capacity - this.#held.length).toString('latin1');
    if (taken.length === 0) throw Object.assign(new Error('write EAGAIN'), { code: 'EAGAIN' });
    this.#held += taken;
    return taken.length;
  }

  async writeLines(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) this.output.write(LINE);
    await tick();
  }

  /** Reads until nothing comes any more. */
  async readAll(): Promise<string> {
    for (;;) {
      const before = this.#read.length;
      this.#read += this.#held;
      this.#held = '';
      await this.clock.advance(20);
      if (this.#read.length === before && this.#held === '') return this.#read;
    }
  }
}

describe('BoundedOutput', () => {
  it('writes the lines of one tick at once', async () => {
    const pipe = new Pipe(MEBIBYTE);
    await pipe.writeLines(30);
    expect(pipe.calls).toBe(1);
    expect(await pipe.readAll()).toBe(LINE.repeat(30));
  });

  it('writes many lines of one tick before it ends, so that what is gathered is bounded', () => {
    const pipe = new Pipe(MEBIBYTE);
    for (let count = 0; count < 65; count += 1) pipe.output.write(LINE);
    expect(pipe.calls).toBe(1);
  });

  it('keeps what a slow reader has not taken, and every line whole and in order', async () => {
    const pipe = new Pipe(1500);
    for (let count = 0; count < 10; count += 1) {
      pipe.output.write(`${count}${LINE}`);
      await tick();
    }
    const lines = Array.from({ length: 10 }, (_, count) => `${count}${LINE}`);
    expect(await pipe.readAll()).toBe(lines.join(''));
    expect(pipe.dropped).toEqual([]);
  });

  it('drops new lines when 4 MiB wait, counts them, and reports them once when they are read', async () => {
    const pipe = new Pipe(65_536);
    for (let count = 0; count < 5 * 64; count += 1) await pipe.writeLines(16);
    const dropped = pipe.dropped.reduce((sum, lines) => sum + lines, 0);
    expect(dropped).toBe(5 * 1024 - 4 * 1024 - 64);
    const read = await pipe.readAll();
    expect(read).toBe(`${LINE.repeat(4 * 1024 + 64)}${dropped} dropped\n`);
    expect(pipe.recovered).toEqual([dropped]);
  });

  it('a reader that is back after a long time costs few calls', async () => {
    const pipe = new Pipe(1);
    for (let count = 0; count < 4 * 1024; count += 1) await pipe.writeLines(1);
    pipe.calls = 0;
    Reflect.set(pipe, 'capacity', 8 * MEBIBYTE);
    await pipe.clock.advance(20);
    expect(pipe.calls).toBeLessThan(300);
  });

  it('a reader that went away breaks nothing, and another one in its place reads on', async () => {
    const pipe = new Pipe(MEBIBYTE);
    pipe.isClosed = true;
    await pipe.writeLines(2);
    pipe.isClosed = false;
    expect(await pipe.readAll()).toBe(LINE.repeat(2));
  });

  it('tries again only while something waits', async () => {
    const pipe = new Pipe(10);
    await pipe.writeLines(1);
    expect(pipe.clock.sleeping).toEqual([20]);
    Reflect.set(pipe, 'capacity', MEBIBYTE);
    await pipe.readAll();
    expect(pipe.clock.sleeping).toEqual([]);
  });

  it('ends with everything written where the reader takes it, and in a bounded number of tries where it does not', async () => {
    const read = new Pipe(MEBIBYTE);
    read.output.write(LINE);
    read.output.end();
    expect(await read.readAll()).toBe(LINE);
    const unread = new Pipe(10);
    unread.output.write(LINE);
    unread.output.end();
    expect(unread.calls).toBeLessThanOrEqual(52);
  });
});
