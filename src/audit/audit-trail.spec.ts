import { ManualClock } from '../../test/support/manual-clock';
import { createLogger } from '../observability/log/logger';
import { Metrics } from '../observability/metrics';
import { Secret } from '../secrets/secret';
import { SecretKeys } from '../secrets/secret-keys';
import { AuditStore, type StoredLine } from './audit-store';
import { AuditTrail } from './audit-trail';
import { Recorder } from './recording/recorder';

class ListStore extends AuditStore {
  readonly records: Record<string, unknown>[] = [];
  isBroken = false;

  async append(bodies: readonly string[]): Promise<void> {
    if (this.isBroken) throw new Error('broken');
    this.records.push(...bodies.map((body) => JSON.parse(body)));
  }

  async *newestFirst(): AsyncGenerator<StoredLine> {}

  isPosition(): boolean {
    return false;
  }

  async seal(): Promise<void> {}
}

const actor = { tenant: 'acme', caller: 'billing', requestId: 'q1', traceId: 't1', address: '10.0.0.1' };
const update = {
  action: 'integration.update',
  target: { type: 'integration', id: 'i1' },
  changes: [{ pointer: '/configuration/authToken', from: 'fp2:aaaaaaaaaaaaaaaa', to: 'fp2:bbbbbbbbbbbbbbbb' }],
} as const;

function setup() {
  const clock = new ManualClock();
  const store = new ListStore();
  const recorder = new Recorder(store, clock, new Metrics(), createLogger({ level: 'silent', format: 'json' }));
  return { clock, store, trail: new AuditTrail(recorder, clock, new SecretKeys(Secret.of('k'.repeat(32)))) };
}

describe('AuditTrail', () => {
  it('records an intent before it resolves, and its outcome under the id of the intent [S-754]', async () => {
    const { store, trail } = setup();
    const intent = await trail.intent(actor, update);
    expect(store.records).toEqual([{ id: intent.id, phase: 'intent', ...actor, ...update }]);
    await intent.close({ outcome: 'success', status: 200, attempts: 1, durationMs: 12 });
    const { id, ...outcome } = store.records[1] ?? {};
    expect(id).not.toBe(intent.id);
    expect(outcome).toEqual({
      ...{ phase: 'outcome', intentId: intent.id, ...actor, action: update.action, target: update.target },
      ...{ outcome: 'success', status: 200, attempts: 1, durationMs: 12 },
    });
  });

  it('records the created integration as the target of an outcome [S-324]', async () => {
    const { store, trail } = setup();
    const intent = await trail.intent(actor, { action: 'integration.create', target: { type: 'hub', id: 'h1' } });
    await intent.close({ outcome: 'success', status: 200, target: { type: 'integration', id: 'i9' } });
    expect(store.records[1]).toMatchObject({ target: { type: 'integration', id: 'i9' } });
  });

  it('throws audit-unavailable for an intent that cannot be recorded, and records the rejection later [N3]', async () => {
    const { clock, store, trail } = setup();
    store.isBroken = true;
    await expect(trail.intent(actor, update)).rejects.toMatchObject({ code: 'audit-unavailable', status: 503 });
    expect(trail.isAvailable).toBe(false);
    store.isBroken = false;
    await clock.advance(1000);
    expect(store.records).toMatchObject([
      { phase: 'gap', refused: 1 },
      { phase: 'outcome', outcome: 'refused', code: 'audit-unavailable', target: update.target },
    ]);
  });

  it('resolves for an outcome while the store fails, and stores it when the store is back', async () => {
    const { clock, store, trail } = setup();
    const intent = await trail.intent(actor, update);
    store.isBroken = true;
    await expect(intent.close({ outcome: 'unknown', status: 504 })).resolves.toBeUndefined();
    store.isBroken = false;
    await clock.advance(1000);
    expect(store.records.at(-1)).toMatchObject({ intentId: intent.id, outcome: 'unknown' });
  });

  it('stores one record for an event', async () => {
    const { store, trail } = setup();
    await trail.event(actor, { action: 'cache.purge', outcome: 'success', status: 204 });
    expect(store.records).toMatchObject([{ phase: 'event', action: 'cache.purge', tenant: 'acme' }]);
  });

  it('records unauthenticated requests without a tenant, and counts those beyond the limit', async () => {
    const { clock, store, trail } = setup();
    for (let index = 0; index < 75; index += 1) trail.unauthenticated({ address: '10.0.0.9', requestId: `q${index}` });
    await clock.advance(60_000);
    expect(store.records).toHaveLength(61);
    expect(store.records[0]).toMatchObject({ tenant: null, caller: null, status: 401, requestId: 'q0' });
    expect(store.records[60]).toMatchObject({ address: '10.0.0.9', count: 15, outcome: 'refused' });
  });

  it('stores the counts of the throttle before it seals', async () => {
    const { store, trail } = setup();
    for (let index = 0; index < 61; index += 1) trail.unauthenticated({ address: '10.0.0.9', requestId: 'q' });
    await trail.seal();
    expect(store.records.at(-1)).toMatchObject({ count: 1 });
  });
});
