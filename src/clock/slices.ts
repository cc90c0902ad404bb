/** The time of all jobs together in one tick of the event loop, in milliseconds; the last step may exceed it. */
const SLICE_MS = 10;
/** The time of one queue in a slice before the next queue, in milliseconds. */
const QUANTUM_MS = 2.5;
/** The time for which a job runs before it has to queue, in milliseconds. */
const AT_ONCE_MS = 5;

interface JobOptions {
  /** Jobs of one owner run one after another; owners share the slices equally (N2). */
  readonly owner: string;
  /** Queues from the start, in a queue of its own, so that small jobs of the owner need not wait for it. */
  readonly isLarge?: boolean;
  /** No request waits for it: it runs for a short time in each tick, as a request that needs several ticks waits for each of them. */
  readonly isBackground?: boolean;
  /** Whether nobody waits for the result any more. */
  readonly isAbandoned?: () => boolean;
}

interface Job {
  readonly isAbandoned: () => boolean;
  /** Runs steps until `end`; returns whether the job is finished. */
  readonly runUntil: (end: number) => boolean;
  readonly drop: () => void;
}

/** The job was dropped before its end, because nobody waited for its result. */
export class JobAbandoned extends Error {
  override readonly name = 'JobAbandoned';
}

/**
 * Runs long jobs step by step, so that they do not block the event loop. All jobs share one slice a tick. Queues alternate, and the jobs
 * of one queue run one after another, so that few unfinished jobs use memory. The caller limits the number of jobs: a job that reads a
 * response of Hubster keeps a slot of the bulkhead.
 */
export class SliceScheduler {
  /** By size and owner; the first queue is the next to run. */
  readonly #queues = new Map<string, Job[]>();
  readonly #background: Job[] = [];
  #isScheduled = false;

  /**
   * @param now milliseconds of the real clock, because the event loop is real in tests with a manual clock too
   * @param nextTick runs the callback after other work of the event loop
   */
  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly nextTick: (callback: () => void) => void = setImmediate,
  ) {}

  /**
   * Runs a generator to its end and resolves to its return value. A step is never interrupted.
   * @throws {JobAbandoned} and any error of a step
   */
  run<T>(steps: Generator<void, T>, options: JobOptions): Promise<T> {
    return new Promise((resolve, reject) => {
      const job = this.#jobOf(steps, options, resolve, reject);
      if (options.isLarge || options.isBackground || !job.runUntil(this.now() + AT_ONCE_MS))
        this.#enqueue(job, options);
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

  #enqueue(job: Job, { owner, isLarge = false, isBackground = false }: JobOptions): void {
    const key = `${isLarge ? 'large' : 'small'} ${owner}`;
    const queue = isBackground ? this.#background : this.#queues.get(key);
    if (queue) queue.push(job);
    else this.#queues.set(key, [job]);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || (this.#queues.size === 0 && this.#background.length === 0)) return;
    this.#isScheduled = true;
    this.nextTick(() => {
      this.#isScheduled = false;
      this.#dropAbandoned();
      this.#runSlice();
      this.#runBackground();
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

  #runBackground(): void {
    const [job] = this.#background;
    if (job?.runUntil(this.now() + QUANTUM_MS)) this.#background.shift();
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

/** Runs a generator to its end at once: for the start of the process, when nobody waits. */
export function runToEnd<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** One for the process, because all jobs share its event loop. */
export const SLICES = new SliceScheduler();
