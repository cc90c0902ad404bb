import { AuditStore, type StoredLine } from '../../../src/audit/audit-store';
import { Recorder } from '../../../src/audit/recording/recorder';
import { createLogger } from '../../../src/observability/log/logger';
import { Metrics } from '../../../src/observability/metrics';
import { ManualClock } from '../manual-clock';

/** A store whose appends wait, when gated, until the test passes or fails them. */
export class GatedStore extends AuditStore {
  readonly stored: string[] = [];
  readonly gates: { pass: () => void; fail: (error: Error) => void }[] = [];
  isGated = false;
  failure: Error | undefined;
  appends = 0;
  seals = 0;

  largest = 0;

  async append(bodies: readonly string[]): Promise<void> {
    this.appends += 1;
    this.largest = Math.max(this.largest, bodies.join('').length);
    if (this.isGated) await new Promise<void>((pass, fail) => this.gates.push({ pass, fail }));
    if (this.failure) throw this.failure;
    this.stored.push(...bodies);
  }

  async *newestFirst(): AsyncGenerator<StoredLine> {}

  isPosition(): boolean {
    return false;
  }

  async seal(): Promise<void> {
    this.seals += 1;
  }
}

export const diskFull = Object.assign(new Error('no space left on /secret/path'), { code: 'ENOSPC' });

/** A recorder over such a store. */
export function recorderOnGatedStore() {
  const clock = new ManualClock();
  const store = new GatedStore();
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', format: 'json', destination: { write: (line) => lines.push(line) } });
  const recorder = new Recorder(store, clock, new Metrics(), logger);
  /** The result of a record; undefined while it waits. */
  const record = (body: string, isKept = false, owner = '') => {
    const fate: { is?: 'stored' | 'audit-unavailable' } = {};
    recorder.record(body, isKept, owner).then(
      () => Object.assign(fate, { is: 'stored' }),
      (problem) => Object.assign(fate, { is: problem.code }),
    );
    return fate;
  };
  return { clock, store, recorder, record, lines };
}
