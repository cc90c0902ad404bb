import type { Phase } from '../outcome/outcome';
import { OwnSlots, type Slots } from './slots';

/** The calls that share a breaker. */
export type Calls = 'read' | 'write' | 'token';

/** A gate or a breaker of a tenant. */
export type Topic = `gate:${Phase}` | `breaker:${Calls}`;

export const TOPICS: readonly Topic[] = ['gate:portal', 'gate:token', 'breaker:read', 'breaker:write', 'breaker:token'];

/** What a replica publishes the others about a gate or a breaker. */
export type News =
  /** No calls for this long; `status` of the responses in their place. */
  | { readonly kind: 'pause'; readonly ms: number; readonly status: 429 | 503 }
  /** Calls are sent again: the pause has ended early. */
  | { readonly kind: 'resume' }
  /** Calls of this replica since it last published about them; the failures came last. */
  | { readonly kind: 'counts'; readonly ok: number; readonly failed: number };

/** The same gate or breaker of a tenant in the other replicas. */
export interface Peers {
  /** Returns at once; never throws. */
  publish(news: News): void;
  /** Whether this replica may probe: one at a time may. */
  takeProbe(): Promise<boolean>;
  /** After a probe that showed nothing. */
  giveBackProbe(): void;
}

/** Of a gate or breaker that is not shared. */
export const NO_PEERS: Peers = {
  publish: () => undefined,
  takeProbe: async () => true,
  giveBackProbe: () => undefined,
};

/** What this replica has heard about a tenant. */
export interface Hearing {
  /** Undefined if nothing was missed; else a promise that ends when it was read: it never rejects, and takes at most 50 ms. */
  catchUp(): Promise<void> | undefined;
}

/** All replicas of the service, as the policy of calls to Hubster sees them. */
export abstract class Fleet {
  /** Whether what other replicas publish is not received. */
  abstract readonly isDeaf: boolean;

  /** Calls `onNews` for what other replicas publish. Called once. */
  abstract listen(onNews: (tenant: string, topic: Topic, news: News) => void): void;

  abstract peersOf(tenant: string, topic: Topic): Peers;

  abstract hearingOf(tenant: string, hear: (topic: Topic, news: News) => void): Hearing;

  /** Slots of a limit of one tenant. `onChange`: after each change of what is allowed. */
  abstract tenantSlots(tenant: string, name: string, max: number, onChange: () => void): Slots;

  /** Slots of a limit of all tenants together. */
  abstract sharedSlots(name: string, max: number, onChange: () => void): Slots;
}

/** One process without Redis: nobody to publish, nobody to wait for. */
export class SoleReplica extends Fleet {
  override readonly isDeaf = false;

  override listen(): void {
    // Nobody publishes anything.
  }

  override peersOf(): Peers {
    return NO_PEERS;
  }

  override hearingOf(): Hearing {
    return { catchUp: () => undefined };
  }

  override tenantSlots(_tenant: string, _name: string, max: number): Slots {
    return new OwnSlots(max);
  }

  override sharedSlots(_name: string, max: number): Slots {
    return new OwnSlots(max);
  }
}
