import { Injectable } from '@nestjs/common';
import { ComparisonLimits } from '../../access/limits/comparison-limits';
import { AuditTrail, actorOf } from '../../audit/audit-trail';
import type { AuditTarget } from '../../audit/record';
import type { RequestContext } from '../../context/request-context';
import { inSpan } from '../../context/span';
import { Problem } from '../../problems/problem';

/** Limits and records every operation that reveals whether a value is a secret in use, before its response is sent. */
@Injectable()
export class SecretComparisons {
  constructor(
    private readonly limits: ComparisonLimits,
    private readonly audit: AuditTrail,
  ) {}

  /** Throws `rate-limited`. */
  takeByCaller(context: RequestContext): Promise<void> {
    return this.limits.takeByCaller(context);
  }

  /** Throws `rate-limited`. Call it after the integration has been read. */
  takeOfSecret({ tenant }: RequestContext, integrationId: string, pointer: string): Promise<void> {
    return this.limits.takeOfSecret(tenant, integrationId, pointer);
  }

  /** Resolves when the record is durable, so that no comparison goes unrecorded. Throws `audit-unavailable`. */
  record(context: RequestContext, target: AuditTarget): Promise<void> {
    const event = { action: 'secret.compare', target, outcome: 'success', status: 200 } as const;
    return inSpan(context.span, 'audit', () => this.audit.event(actorOf(context), event));
  }

  /** The comparisons that an update of an integration makes, by their pointers (S-322). */
  async admit(context: RequestContext, integrationId: string, pointers: readonly string[]): Promise<void> {
    for (const pointer of pointers) {
      await this.takeByCaller(context);
      await this.takeOfSecret(context, integrationId, pointer);
      await this.record(context, { type: 'integration', id: integrationId, pointer });
    }
  }

  /**
   * Whether the secrets of a create may be compared with those of an integration that was found under its name. The limit of
   * the caller does not count here: creating many integrations while Hubster fails is not guessing secrets.
   */
  async mayCompare(context: RequestContext, integrationId: string, pointers: readonly string[]): Promise<boolean> {
    try {
      for (const pointer of pointers) await this.takeOfSecret(context, integrationId, pointer);
      return true;
    } catch (error) {
      if (error instanceof Problem && error.code === 'rate-limited') return false;
      throw error;
    }
  }
}
