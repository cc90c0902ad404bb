import { Injectable } from '@nestjs/common';
import { Problem } from '../../problems/problem';
import { AuditStore, type TrailSlice } from '../audit-store';
import type { AuditActor, AuditEvent, AuditIntent, AuditOutcome } from '../record';
import { isWhole, memberText } from '../recording/serialise';
import { readEvent } from './read-event';

/** A mutation whose outcome the trail does not have. */
export interface UnresolvedIntent {
  readonly id: string;
  readonly actor: AuditActor & { readonly tenant: string };
  readonly intent: AuditIntent;
  /** When it was stored, in milliseconds since the epoch. */
  readonly storedAt: number;
  /** Whether the trail has the outcome "unknown"; otherwise it has none at all. */
  readonly isReportedUnknown: boolean;
  /** Whether a later write may have changed the same thing, so that what is there now proves nothing about this one. */
  readonly isOvertaken: boolean;
}

type TenantEvent = AuditEvent & { readonly tenant: string };

interface Mutation {
  readonly intent: TenantEvent;
  /** Of its stored line, in characters. */
  readonly length: number;
  /** The newest. */
  readonly outcome: AuditOutcome | undefined;
}

/** Mutations of a tenant: reconciling them takes a while at one a second, and the next reading finds the rest. */
const MAX_OF_TENANT = 50;
/** In characters of stored lines, of all tenants. */
const MAX_LENGTH = 16 * 1024 * 1024;
/** Outcomes whose intent was not read yet. An intent whose outcome was dropped counts as open, and a probe of it does no harm. */
const MAX_OUTCOMES = 50_000;

const OPEN: ReadonlySet<AuditOutcome | undefined> = new Set([undefined, 'unknown']);
const INTENT = memberText('phase', 'intent');
const OUTCOME = memberText('phase', 'outcome');

/** Finds the intents, of all tenants, that a process left open when it ended. */
@Injectable()
export class UnresolvedIntents {
  constructor(private readonly store: AuditStore) {}

  /**
   * The open intents that were stored from `from` (inclusive) to `to` (exclusive), in milliseconds since the epoch, oldest first: of
   * each tenant at most the oldest 50, so call it again when these are reconciled. An outcome counts whenever it was stored. Throws
   * `audit-unavailable` if the trail cannot be read.
   */
  async between(
    from: number,
    to: number,
    isWanted: (id: string) => boolean = () => true,
  ): Promise<readonly UnresolvedIntent[]> {
    try {
      const oldest = new OldestMutations();
      for await (const mutation of this.#mutations({ from, isOpen: true })) {
        const { intent, outcome } = mutation;
        if (OPEN.has(outcome) && storedAt(mutation) < to && isWanted(intent.id)) oldest.add(mutation);
      }
      return await this.#describe(oldest.all);
    } catch (cause) {
      throw new Problem('audit-unavailable', { detail: 'The audit trail cannot be read', cause });
    }
  }

  /** Reads the trail a second time, so that the first reading need not keep the subjects of all writes of a day. */
  async #describe(open: readonly Mutation[]): Promise<readonly UnresolvedIntent[]> {
    const [oldest] = open;
    if (!oldest) return [];
    const watched = new Set(open.flatMap(affectedBy));
    const ids = new Set(open.map(({ intent }) => intent.id));
    const touched = new Set<string>();
    const overtaken = new Set<string>();
    const tenants = [...new Set(open.map(({ intent }) => intent.tenant))];
    for await (const mutation of this.#mutations({ from: storedAt(oldest), tenants })) {
      const isOpen = ids.has(mutation.intent.id);
      if (isOpen && affectedBy(mutation).some((subject) => touched.has(subject))) overtaken.add(mutation.intent.id);
      if (mutation.outcome !== 'success' && !OPEN.has(mutation.outcome)) continue;
      for (const subject of subjectsOf(mutation)) if (watched.has(subject)) touched.add(subject);
    }
    return open.map((mutation) => ({
      id: mutation.intent.id,
      actor: actorOf(mutation.intent),
      intent: intentOf(mutation.intent),
      storedAt: storedAt(mutation),
      isReportedUnknown: mutation.outcome === 'unknown',
      isOvertaken: overtaken.has(mutation.intent.id),
    }));
  }

  /** Intents with their newest outcome, newest first. Outcomes come before their intents, so few are kept at a time. */
  async *#mutations(slice: TrailSlice): AsyncGenerator<Mutation> {
    const outcomes = new Map<string, AuditOutcome>();
    for await (const { text } of this.store.newestFirst(slice)) {
      if (!text.includes(INTENT) && !text.includes(OUTCOME)) continue;
      const event = readEvent(text);
      if (event?.phase === 'outcome' && event.intentId !== undefined && event.outcome !== undefined) {
        if (!outcomes.has(event.intentId)) outcomes.set(event.intentId, event.outcome);
        const [first] = outcomes.keys();
        if (outcomes.size > MAX_OUTCOMES && first !== undefined) outcomes.delete(first);
      }
      if (event?.phase !== 'intent' || event.tenant === null) continue;
      const outcome = outcomes.get(event.id);
      outcomes.delete(event.id);
      yield { intent: { ...event, tenant: event.tenant }, length: text.length, outcome };
    }
  }
}

/** Keeps names, as they show which writes overtook which. Without the other changes no probe can prove whether it was done. */
function withoutChanges({ intent, ...rest }: Mutation): Mutation {
  const changes = intent.changes?.filter(({ pointer }) => pointer === '/name') ?? [];
  return { ...rest, intent: { ...intent, changes } };
}

function actorOf(event: TenantEvent): UnresolvedIntent['actor'] {
  const { tenant, caller, onBehalfOf, onBehalfOfFingerprint, requestId, traceId, address } = event;
  return {
    ...{ tenant, caller, requestId, address },
    ...(onBehalfOf !== undefined && { onBehalfOf }),
    ...(onBehalfOfFingerprint !== undefined && { onBehalfOfFingerprint }),
    ...(traceId !== undefined && { traceId }),
  };
}

function intentOf({ action, target = { type: 'tenant' }, changes = [] }: TenantEvent): AuditIntent {
  return { action, target, changes };
}

const storedAt = ({ intent }: Mutation): number => Date.parse(intent.time);

/** The integration of a write, and every name that it gives or takes, as a create has no id yet. */
function subjectsOf({ intent }: Mutation): string[] {
  const { tenant, target } = intent;
  return [
    ...(target?.type === 'integration' ? [`${tenant} id ${target.id}`] : []),
    ...namesOf(intent).map((name) => (isWhole(name) ? `${tenant} name ${name}` : anyName(tenant))),
  ];
}

/** The subjects of later writes that may have changed the same integration: a name that is recorded masked or cut may be any. */
function affectedBy(mutation: Mutation): string[] {
  const { intent } = mutation;
  return [...subjectsOf(mutation), ...(namesOf(intent).length > 0 ? [anyName(intent.tenant)] : [])];
}

function namesOf({ changes = [] }: TenantEvent): string[] {
  const names = changes.flatMap(({ pointer, from, to }) => (pointer === '/name' ? [from, to] : []));
  return names.filter((name) => typeof name === 'string');
}

const anyName = (tenant: string): string => `${tenant} any name`;

/** The oldest mutations of each tenant, of a sequence that is read newest first. One that does not fit is kept without its changes. */
class OldestMutations {
  readonly #kept = new Map<string, (Mutation & { readonly index: number })[]>();
  #length = 0;
  #read = 0;

  add(mutation: Mutation): void {
    const { tenant } = mutation.intent;
    const ofTenant = this.#kept.get(tenant) ?? [];
    this.#kept.set(tenant, ofTenant);
    const fits = this.#length + mutation.length <= MAX_LENGTH;
    const kept = fits ? mutation : { ...withoutChanges(mutation), length: 0 };
    ofTenant.push({ ...kept, index: this.#read });
    this.#read += 1;
    this.#length += kept.length;
    if (ofTenant.length > MAX_OF_TENANT) this.#length -= ofTenant.shift()?.length ?? 0;
  }

  /** Oldest first. */
  get all(): Mutation[] {
    return [...this.#kept.values()].flat().sort((a, b) => b.index - a.index);
  }
}
