/** For how long all jobs together hold one tick of the event loop, in milliseconds, and what the last step takes. */
const SLICE_MS = 10;
/** For how long one queue has the slice before the next queue. */
const QUANTUM_MS = 2.5;
/** For how long a job runs before it has to queue. */
const AT_ONCE_MS = 5;

interface JobOptions {
  /** Jobs of one owner run one after another; owners share the slices equally (N2). */
  readonly owner: string;
  /** Known to take long: queues from the start, and apart from the owner's other jobs, which need not wait for it. */
  readonly isLarge?: boolean;
  /** Whether nobody waits for the result any more. */
  readonly isAbandoned?: () => boolean;
}

interface Job {
  readonly isAbandoned: () => boolean;
  /** Runs steps until `end`; whether that was all of them. */
  readonly runUntil: (end: number) => boolean;
  readonly drop: () => void;
}

/** Nobody waited for the result of a job any more, so the rest of it was not done. */
export class JobAbandoned extends Error {
  override readonly name = 'JobAbandoned';
}

/**
 * Runs jobs that take longer than the event loop may be held, step by step. However many there are, they share one slice a tick. Queues
 * alternate, and the jobs of one queue run one after another, so that few are half done and hold memory. Who submits jobs bounds how many
 * wait: those that read Hubster's responses hold their place in the bulkhead.
 */
export class SliceScheduler {
  /** By owner and size; the first is the next. */
  readonly #queues = new Map<string, Job[]>();
  #isScheduled = false;

  /**
   * @param now milliseconds of the real clock, as the event loop is real in tests of others too
   * @param nextTick runs the callback after others have had the event loop
   */
  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly nextTick: (callback: () => void) => void = setImmediate,
  ) {}

  /**
   * Runs a generator to its end and resolves to what it returns; one step has no pause.
   * @throws {JobAbandoned} and whatever a step throws
   */
  run<T>(steps: Generator<void, T>, options: JobOptions): Promise<T> {
    return new Promise((resolve, reject) => {
      const job = this.#jobOf(steps, options, resolve, reject);
      if (options.isLarge || !job.runUntil(this.now() + AT_ONCE_MS)) this.#enqueue(job, options);
    });
  }

  #jobOf<T>(
    steps: Generator<void, T>,
    { isAbandoned = () => false }: JobOptions,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): Job {
    const runUntil = (end: number) => {
      try {
        do {
          const step = steps.next();
          if (!step.done) continue;
          resolve(step.value);
          return true;
        } while (this.now() < end);
        return false;
      } catch (error) {
        reject(error);
        return true;
      }
    };
    return { isAbandoned, runUntil, drop: () => reject(new JobAbandoned()) };
  }

  #enqueue(job: Job, { owner, isLarge = false }: JobOptions): void {
    const key = `${isLarge ? 'large' : 'small'} ${owner}`;
    const queue = this.#queues.get(key);
    if (queue) queue.push(job);
    else this.#queues.set(key, [job]);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#queues.size === 0) return;
    this.#isScheduled = true;
    this.nextTick(() => {
      this.#isScheduled = false;
      this.#dropAbandoned();
      this.#runSlice();
      this.#schedule();
    });
  }

  #runSlice(): void {
    const end = this.now() + SLICE_MS;
    do {
      const [next] = this.#queues;
      if (!next) return;
      const [key, queue] = next;
      this.#queues.delete(key);
      if (queue[0]?.runUntil(Math.min(end, this.now() + QUANTUM_MS))) queue.shift();
      if (queue.length > 0) this.#queues.set(key, queue);
    } while (this.now() < end);
  }

  #dropAbandoned(): void {
    for (const [key, queue] of this.#queues) {
      const wanted = queue.filter((job) => {
        const isAbandoned = job.isAbandoned();
        if (isAbandoned) job.drop();
        return !isAbandoned;
      });
      if (wanted.length > 0) this.#queues.set(key, wanted);
      else this.#queues.delete(key);
    }
  }
}

/** Runs a generator to its end at once: before there is anybody whom that could keep waiting. */
export function runToEnd<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** That of this process, as all jobs share its event loop. */
export const SLICES = new SliceScheduler();
