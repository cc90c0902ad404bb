import { Problem } from '../../problems/problem';
import type { AuditStore } from '../audit-store';
import type { AuditActor, AuditEvent, AuditIntent } from '../record';
import { memberText } from '../serialise';
import type { AuditOutcome } from '../vocabulary';
import { readEvent } from './read-event';

/** A mutation of which the trail does not tell what came of it. */
export interface UnsettledIntent {
  readonly id: string;
  readonly actor: AuditActor & { readonly tenant: string };
  readonly intent: AuditIntent;
  /** When it was stored, in milliseconds since the epoch. */
  readonly storedAt: number;
  /** Whether the trail says "unknown" of it; otherwise it has no outcome at all. */
  readonly isToldUnknown: boolean;
  /** Whether a later write may have changed the same thing, so that what is there now proves nothing of this one. */
  readonly isOvertaken: boolean;
}

type TenantEvent = AuditEvent & { readonly tenant: string };

interface Mutation {
  readonly intent: TenantEvent;
  /** The newest. */
  readonly outcome: AuditOutcome | undefined;
}

/** Intents of one reading: each holds what it was about to change, some kilobytes. */
export const MAX_UNSETTLED = 1000;

const OPEN: ReadonlySet<AuditOutcome | undefined> = new Set([undefined, 'unknown']);
const INTENT = memberText('phase', 'intent');
const OUTCOME = memberText('phase', 'outcome');

/** Finds what a process that ended left open, of all tenants (design 7). */
export class UnsettledIntents {
  constructor(private readonly store: AuditStore) {}

  /**
   * The oldest `MAX_UNSETTLED` of those that were stored from `from` (inclusive) to `to` (exclusive), in milliseconds since the epoch, oldest first. An
   * outcome counts whenever it was stored. Throws `audit-unavailable` when the trail cannot be read.
   */
  async between(from: number, to: number): Promise<readonly UnsettledIntent[]> {
    try {
      const open: Mutation[] = [];
      for await (const mutation of this.#mutations(from)) {
        if (!OPEN.has(mutation.outcome) || storedAt(mutation) >= to) continue;
        open.push(mutation);
        if (open.length > MAX_UNSETTLED) open.shift();
      }
      return open.length === 0 ? [] : await this.#judged(open.reverse());
    } catch (cause) {
      throw new Problem('audit-unavailable', { detail: 'The audit trail cannot be read', cause });
    }
  }

  /** A second reading, so that the first need not remember what every write of a day was about. */
  async #judged(open: readonly Mutation[]): Promise<readonly UnsettledIntent[]> {
    const watched = new Set(open.flatMap(subjectsOf));
    const [oldest] = open;
    const touched = new Set<string>();
    const overtaken = new Set<string>();
    for await (const mutation of this.#mutations(oldest ? storedAt(oldest) : 0)) {
      const subjects = subjectsOf(mutation);
      if (subjects.some((subject) => touched.has(subject))) overtaken.add(mutation.intent.id);
      if (mutation.outcome !== 'success' && !OPEN.has(mutation.outcome)) continue;
      for (const subject of subjects) if (watched.has(subject)) touched.add(subject);
    }
    return open.map((mutation) => ({
      id: mutation.intent.id,
      actor: actorOf(mutation.intent),
      intent: intentOf(mutation.intent),
      storedAt: storedAt(mutation),
      isToldUnknown: mutation.outcome === 'unknown',
      isOvertaken: overtaken.has(mutation.intent.id),
    }));
  }

  /** Intents with their newest outcome, newest first. Outcomes come before their intents, so few are held at a time. */
  async *#mutations(from: number): AsyncGenerator<Mutation> {
    const outcomes = new Map<string, AuditOutcome>();
    for await (const { text } of this.store.newestFirst({ from })) {
      if (!text.includes(INTENT) && !text.includes(OUTCOME)) continue;
      const event = readEvent(text);
      if (event?.phase === 'outcome' && event.intentId !== undefined && event.outcome !== undefined) {
        if (!outcomes.has(event.intentId)) outcomes.set(event.intentId, event.outcome);
      }
      if (event?.phase !== 'intent' || event.tenant === null) continue;
      const outcome = outcomes.get(event.id);
      outcomes.delete(event.id);
      yield { intent: { ...event, tenant: event.tenant }, outcome };
    }
  }
}

function actorOf({ tenant, caller, onBehalfOf, requestId, traceId, address }: TenantEvent): UnsettledIntent['actor'] {
  return {
    ...{ tenant, caller, requestId, address },
    ...(onBehalfOf !== undefined && { onBehalfOf }),
    ...(traceId !== undefined && { traceId }),
  };
}

function intentOf({ action, target = { type: 'tenant' }, changes = [] }: TenantEvent): AuditIntent {
  return { action, target, changes };
}

const storedAt = ({ intent }: Mutation): number => Date.parse(intent.time);

/** What a write is about: the integration, and every name it gives or takes, as a create has no id yet. */
function subjectsOf({ intent: { tenant, target, changes = [] } }: Mutation): string[] {
  const names = changes.flatMap(({ pointer, from, to }) => (pointer === '/name' ? [from, to] : []));
  return [
    ...(target?.type === 'integration' ? [`${tenant} id ${target.id}`] : []),
    ...names.flatMap((name) => (typeof name === 'string' ? [`${tenant} name ${name}`] : [])),
  ];
}
