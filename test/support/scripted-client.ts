import type { StagedoorOptions } from '../../src/client/call-options.ts';
import { Stagedoor } from '../../src/client/client.ts';
import { ManualClock } from './manual-clock';
import type { ScriptedFetch } from './scripted-fetch';

export const CLIENT_KEY = 'sd_a-secret-of-this-spec';

class Clock extends ManualClock {
  random(): number {
    return 0;
  }
}

/** A client with prepared responses, and the clock that it waits by. */
export function clientOf({ fetch }: ScriptedFetch, options: Partial<StagedoorOptions> = {}) {
  const clock = new Clock();
  const client = new Stagedoor({ baseUrl: 'http://stagedoor.test/', apiKey: CLIENT_KEY, fetch, ...options }, clock);
  return { client, clock };
}

/** The error that a promise ends with. */
export const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
