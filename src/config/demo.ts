import type { Secret } from '../secrets/secret';

/** A key of the demo, shown by design: it is valid for the embedded sandbox only (N1). */
export interface DemoKey {
  /** The id of the caller. */
  readonly caller: string;
  /** What the caller may do, in a few words, for people. */
  readonly role: string;
  /** The tenants that it may act for; a caller with several names one in `X-Tenant-Id`. */
  readonly tenants: readonly string[];
  readonly key: Secret;
}

/** A webhook as Hubster sends it; exactly `body` is signed. */
interface DemoWebhook {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the routes of the demo do with its sandbox. */
export interface DemoSandbox {
  /** The next `times` calls of the tenant to the portal get 503; replaces what was set before for this tenant. */
  failNextCalls(tenant: string, times: number): void;
  /** Undefined for an integration that the tenant does not have, or that signs no webhooks. */
  signWebhook(tenant: string, integrationId: string, body: string): DemoWebhook | undefined;
}

/** What a demo shows to people: its keys, and the hubs of its tenants. */
export interface Demo {
  readonly keys: readonly DemoKey[];
  /** GUIDs of the hubs of each tenant; the first one is used in examples. */
  readonly hubs: Readonly<Record<string, readonly string[]>>;
  readonly sandbox: DemoSandbox;
}

/** Injection token for `Demo`. */
export const DEMO = Symbol('DEMO');
