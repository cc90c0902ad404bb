import type { Clock } from '../clock/clock';
import type { RequestContext } from '../context/request-context';
import type { Tenant } from '../context/tenant';
import { TenantLru } from '../context/tenant-lru';
import type { IntegrationSecrets, WebhookSource } from '../integrations/integration-secrets';
import { Problem } from '../problems/problem';
import type { Secret } from '../secrets/secret';
import { hmacKeyOf, keyNameOf } from './hmac-key';

/** How long a key is taken for current, in milliseconds: the most by which a rotation at Hubster is noticed late. */
const KNOWN_FOR_MS = 30_000;
/** Hubster is asked about an integration once in this time at the most, in milliseconds. */
const BETWEEN_READS_MS = 1000;
/** Less than 1 KB each, however long the keys are that Hubster sends. */
const MAX_INTEGRATIONS = 10_000;

/** An integration and what is kept of its current key, where it has one. */
export interface KnownSource {
  readonly hubId: string;
  readonly key?: { readonly name: string; readonly hmacKey: Secret };
}

/** What Hubster said last; undefined: there is no such integration for this tenant. */
interface Reading {
  /** Of the tenant that read: its hubs and credentials may be others by now. */
  readonly visibility: string;
  readonly source: Promise<KnownSource | undefined>;
  readonly at: number;
  /** Set when `source` has come. */
  known?: KnownSource;
}

/** The current signing keys, in the memory of this process only and for a short time. */
export class CurrentKeys {
  readonly #readings = new TenantLru<Reading>(MAX_INTEGRATIONS);

  constructor(
    private readonly secrets: Pick<IntegrationSecrets, 'webhookSource'>,
    private readonly clock: Clock,
  ) {}

  /** What is known without asking Hubster. */
  known({ tenant }: RequestContext, integrationId: string): KnownSource | undefined {
    const reading = this.#last(tenant, integrationId);
    return reading && this.#ageOf(reading) < KNOWN_FOR_MS ? reading.known : undefined;
  }

  /**
   * What Hubster says, or said within the last second; who asks meanwhile shares the answer. Undefined: no such integration.
   * Throws the `Problem` of a failing Hubster.
   */
  read(context: RequestContext, integrationId: string): Promise<KnownSource | undefined> {
    const { tenant } = context;
    const last = this.#last(tenant, integrationId);
    if (last && this.#ageOf(last) < BETWEEN_READS_MS) return last.source;
    const source = this.secrets.webhookSource(context, integrationId).then(compact, absence);
    const reading: Reading = { visibility: tenant.visibility, source, at: this.clock.monotonic() };
    this.#readings.set(tenant.id, integrationId, reading);
    return source.then((known) => {
      if (known) reading.known = known;
      return known;
    });
  }

  /** A rotation is under way: what was known is no longer. */
  forget(tenant: string, integrationId: string): void {
    this.#readings.delete(tenant, integrationId);
  }

  #last({ id, visibility }: Tenant, integrationId: string): Reading | undefined {
    const reading = this.#readings.get(id, integrationId);
    return reading?.visibility === visibility ? reading : undefined;
  }

  #ageOf({ at }: Reading): number {
    return this.clock.monotonic() - at;
  }
}

function compact({ hubId, key }: WebhookSource): KnownSource {
  return { hubId, ...(key && { key: { name: keyNameOf(key.name), hmacKey: hmacKeyOf(key.privateKey) } }) };
}

function absence(error: unknown): undefined {
  if (error instanceof Problem && error.code === 'not-found') return undefined;
  throw error;
}
