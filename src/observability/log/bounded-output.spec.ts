import { setImmediate as tick } from 'node:timers/promises';
import { ManualClock } from '../../../test/support/manual-clock';
import { BoundedOutput } from './bounded-output';

const MEBIBYTE = 1024 * 1024;
const LINE = `${'x'.repeat(1023)}\n`;

/** A pipe that buffers up to `capacity` bytes until they are read. */
class Pipe {
  readonly clock = new ManualClock();
  readonly output = new BoundedOutput((bytes) => this.#write(bytes), this.clock);
  readonly dropped: number[] = [];
  readonly recovered: number[] = [];
  calls = 0;
  isClosed = false;
  #buffered = '';
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
    const accepted = bytes.subarray(0, this.capacity - this.#buffered.length).toString('latin1');
    if (accepted.length === 0) throw Object.assign(new Error('write EAGAIN'), { code: 'EAGAIN' });
    this.#buffered += accepted;
    return accepted.length;
  }

  async writeLines(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) this.output.write(LINE);
    await tick();
  }

  /** Reads until no more bytes arrive. */
  async readAll(): Promise<string> {
    for (;;) {
      const before = this.#read.length;
      this.#read += this.#buffered;
      this.#buffered = '';
      await this.clock.advance(20);
      if (this.#read.length === before && this.#buffered === '') return this.#read;
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

  it('writes many lines before the end of the tick, so that the text of a tick is limited', () => {
    const pipe = new Pipe(MEBIBYTE);
    for (let count = 0; count < 65; count += 1) pipe.output.write(LINE);
    expect(pipe.calls).toBe(1);
  });

  it('keeps all lines for a slow reader, whole and in order', async () => {
    const pipe = new Pipe(1500);
    for (let count = 0; count < 10; count += 1) {
      pipe.output.write(`${count}${LINE}`);
      await tick();
    }
    const lines = Array.from({ length: 10 }, (_, count) => `${count}${LINE}`);
    expect(await pipe.readAll()).toBe(lines.join(''));
    expect(pipe.dropped).toEqual([]);
  });

  it('drops and counts new lines when 4 MiB wait, and reports them once when the output is read', async () => {
    const pipe = new Pipe(65_536);
    for (let count = 0; count < 5 * 64; count += 1) await pipe.writeLines(16);
    const dropped = pipe.dropped.reduce((sum, lines) => sum + lines, 0);
    expect(dropped).toBe(5 * 1024 - 4 * 1024 - 64);
    const read = await pipe.readAll();
    expect(read).toBe(`${LINE.repeat(4 * 1024 + 64)}${dropped} dropped\n`);
    expect(pipe.recovered).toEqual([dropped]);
  });

  it('makes few calls when a reader is back after a long time', async () => {
    const pipe = new Pipe(1);
    for (let count = 0; count < 4 * 1024; count += 1) await pipe.writeLines(1);
    pipe.calls = 0;
    Reflect.set(pipe, 'capacity', 8 * MEBIBYTE);
    await pipe.clock.advance(20);
    expect(pipe.calls).toBeLessThan(300);
  });

  it('keeps lines for the next reader when a reader disconnects', async () => {
    const pipe = new Pipe(MEBIBYTE);
    pipe.isClosed = true;
    await pipe.writeLines(2);
    pipe.isClosed = false;
    expect(await pipe.readAll()).toBe(LINE.repeat(2));
  });

  it('tries again only while lines wait', async () => {
    const pipe = new Pipe(10);
    await pipe.writeLines(1);
    expect(pipe.clock.sleeping).toEqual([20]);
    Reflect.set(pipe, 'capacity', MEBIBYTE);
    await pipe.readAll();
    expect(pipe.clock.sleeping).toEqual([]);
  });

  it('writes all lines at the end if the reader accepts them, and stops after a limited number of tries if not', async () => {
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
