import { Injectable } from '@nestjs/common';
import { actorOf } from '../../audit/actor';
import { AuditTrail } from '../../audit/audit-trail';
import type { AuditTarget } from '../../audit/record';
import type { RequestContext } from '../../context/request-context';
import { CompareAllowance } from './compare-allowance';

/** Whatever tells whether a value is a secret in use: rationed by one allowance, and on record before it is answered. */
@Injectable()
export class SecretGuesses {
  constructor(
    private readonly allowance: CompareAllowance,
    private readonly audit: AuditTrail,
  ) {}

  /** Throws `rate-limited`. */
  take({ caller }: RequestContext): void {
    this.allowance.take(caller.id);
  }

  /** Resolves when it is durable: nobody tries secrets unseen. Throws `audit-unavailable`. */
  record(context: RequestContext, target: AuditTarget): Promise<void> {
    return this.audit.event(actorOf(context), { action: 'secret.compare', target, outcome: 'success', status: 200 });
  }

  /** The guesses that an update of an integration makes, by their pointers (S-322). */
  async admit(context: RequestContext, integrationId: string, pointers: readonly string[]): Promise<void> {
    for (const pointer of pointers) {
      this.take(context);
      await this.record(context, { type: 'integration', id: integrationId, pointer });
    }
  }
}
