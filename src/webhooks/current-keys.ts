import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock';
import type { RequestContext } from '../context/request-context';
import type { Tenant } from '../context/tenant';
import { TenantLru } from '../context/tenant-lru';
import { IntegrationSecrets, type WebhookSource } from '../integrations/integration-secrets';
import { Problem } from '../problems/problem';
import type { Secret } from '../secrets/secret';
import { hmacKeyOf, keyNameOf } from './retired-keys';

/** How long a key counts as current, in milliseconds: the maximum delay until a rotation at Hubster is noticed. */
const FRESH_FOR_MS = 30_000;
/** Minimum time between two reads of an integration, in milliseconds. */
const READ_INTERVAL_MS = 1000;
/** Less than 1 KB each, whatever the length of Hubster's keys. */
const MAX_INTEGRATIONS = 10_000;

/** The hub of an integration and the stored part of its current key, where it has one. */
interface KnownSource {
  readonly hubId: string;
  readonly key?: { readonly name: string; readonly hmacKey: Secret };
}

/** The last read of an integration. */
interface Reading {
  /** That of the tenant at the time of the read. */
  readonly visibility: string;
  /** Resolves to undefined when the tenant has no such integration. */
  readonly source: Promise<KnownSource | undefined>;
  readonly at: number;
  /** The value of `source`, once it has resolved. */
  known?: KnownSource;
}

/** The current signing keys, for a short time in the memory of this process only. */
@Injectable()
export class CurrentKeys {
  readonly #readings = new TenantLru<Reading>(MAX_INTEGRATIONS);

  constructor(
    @Inject(IntegrationSecrets) private readonly secrets: Pick<IntegrationSecrets, 'webhookSource'>,
    private readonly clock: Clock,
  ) {}

  /** The key of a recent read, without a call to Hubster. */
  known({ tenant }: RequestContext, integrationId: string): KnownSource | undefined {
    const reading = this.#last(tenant, integrationId);
    return reading && this.#ageOf(reading) < FRESH_FOR_MS ? reading.known : undefined;
  }

  /**
   * Reads the key from Hubster at most once a second; callers in between share the last read. Undefined: the tenant has no such
   * integration.
   * @throws {Problem} when Hubster fails
   */
  read(context: RequestContext, integrationId: string): Promise<KnownSource | undefined> {
    const { tenant } = context;
    const last = this.#last(tenant, integrationId);
    if (last && this.#ageOf(last) < READ_INTERVAL_MS) return last.source;
    const source = this.secrets.webhookSource(context, integrationId).then(compact, undefinedWhenNotFound);
    const reading: Reading = { visibility: tenant.visibility, source, at: this.clock.monotonic() };
    this.#readings.set(tenant.id, integrationId, reading);
    return source.then((known) => {
      if (known) reading.known = known;
      return known;
    });
  }

  /** Drops the key before a rotation. */
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

function undefinedWhenNotFound(error: unknown): undefined {
  if (error instanceof Problem && error.code === 'not-found') return undefined;
  throw error;
}
