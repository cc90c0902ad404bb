import type { Clock } from '../../clock/clock';
import { Deadline } from '../../context/deadline';
import type { RequestContext } from '../../context/request-context';
import { RequestTally } from '../../context/request-tally';
import { lookQuietly } from './settlement';
import type { SettledWrite } from './sighting';

/** Half a minute in all, in milliseconds: longer than Hubster can still be at work on the last attempt. */
const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000];
const LOOK_MS = 4000;

/** What came out in the end: it was done, something else is there, or there is no trace of it. */
export type Truth<T> =
  | { readonly outcome: 'success'; readonly written: T }
  | { readonly outcome: 'refused' | 'failed' }
  | { readonly outcome: 'unknown' };

/** Goes on looking after a caller was told "outcome unknown"; never sends anything. */
export class LaterLooks {
  readonly #stop = new AbortController();

  constructor(private readonly clock: Clock) {}

  /** Resolves within 60 s; never rejects. `unknown`: Hubster could not be asked, or what it shows does not tell. */
  async find<T>(context: RequestContext, write: SettledWrite<T>): Promise<Truth<T>> {
    let isUntouched = false;
    for (const pauseMs of PAUSES_MS) {
      await this.clock.sleep(pauseMs, this.#stop.signal).catch(() => undefined);
      if (this.#stop.signal.aborted) break;
      const call = { ...context, deadline: Deadline.after(this.clock, LOOK_MS), tally: new RequestTally() };
      const sighting = await lookQuietly(call, write).catch(() => undefined);
      if (sighting?.kind === 'done') return { outcome: 'success', written: sighting.written };
      if (sighting?.kind === 'refused') return { outcome: 'refused' };
      if (sighting?.kind === 'candidate') return { outcome: 'unknown' };
      isUntouched = sighting?.isUntouched === true;
    }
    return { outcome: isUntouched && !this.#stop.signal.aborted ? 'failed' : 'unknown' };
  }

  /** At shutdown: what is not settled by then is left to the next start. */
  stop(): void {
    this.#stop.abort();
  }
}
