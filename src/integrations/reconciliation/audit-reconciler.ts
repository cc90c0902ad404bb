import { Inject, Injectable } from '@nestjs/common';
import type { AuditIntent, AuditResult, Change } from '../../audit/record';
import { isWhole } from '../../audit/recording/serialise';
import { channelById } from '../../channels/channel-registry';
import type { CallContext } from '../../hubster/hubster-client';
import type { Integration } from '../../hubster/integration';
import { HubsterError } from '../../hubster/outcome/hubster-error';
import { HubsterPortal } from '../../hubster/portal';
import { pointerOf } from '../../problems/violation';
import { type IntegrationView, IntegrationViews } from '../integration-view';
import { changesSeen, showsCreated, stateOfUpdate } from './recorded-changes';
import { listNamed } from './write-visible';

const UNKNOWN: AuditResult = { outcome: 'unknown' };
const NO_TRACE: AuditResult = { outcome: 'failed' };

/**
 * Probes Hubster for a write of which only the audit trail is left: names, fingerprints and changes, no secrets. That proves
 * less than the request itself would; what it does not prove stays unknown.
 */
@Injectable()
export class AuditReconciler {
  constructor(
    @Inject(HubsterPortal) private readonly portal: Pick<HubsterPortal, 'get' | 'listByChannel'>,
    private readonly views: IntegrationViews,
  ) {}

  /** Changes nothing. Throws `HubsterError` if the probe fails. */
  async probe(call: CallContext, intentId: string, intent: AuditIntent): Promise<AuditResult> {
    const { action, target, changes = [] } = intent;
    const { id = '' } = target;
    switch (action) {
      case 'integration.create':
        return this.#created(call, intentId, id, changes);
      case 'integration.update':
        return this.#updated(call, id, changes);
      case 'integration.delete':
        return this.#deleted(call, id);
      default:
        return UNKNOWN;
    }
  }

  /**
   * By its name, which is unique in the hub (S-762); a name that the trail keeps masked or cut proves nothing. An integration that
   * differs may still be the created one, changed since.
   */
  async #created(call: CallContext, intentId: string, hubId: string, changes: readonly Change[]): Promise<AuditResult> {
    const channel = channelById(plannedValue(changes, 'channelId'));
    const name = plannedValue(changes, 'name');
    if (!channel || typeof name !== 'string' || !isWhole(name)) return UNKNOWN;
    const { found, isAbsent } = await listNamed(this.portal, call, { hubId, channel, name });
    const [first] = found;
    if (!first) return isAbsent ? NO_TRACE : UNKNOWN;
    // The intent had no id yet, so its fingerprints are bound to the id of the intent.
    const same = found.find((one) =>
      this.#viewsOf(call, { ...one, integrationId: intentId }).some((view) =>
        showsCreated(call.tenant.id, changes, view),
      ),
    );
    if (same && !channel.isSingleUse) return done(same, changes, this.views.viewOf(same, call.tenant.id));
    return { ...UNKNOWN, target: { type: 'integration', id: first.integrationId } };
  }

  async #updated(call: CallContext, id: string, changes: readonly Change[]): Promise<AuditResult> {
    const seen = await this.#find(call, id);
    if (!seen) return UNKNOWN;
    const views = this.#viewsOf(call, seen);
    const stateIn = (view: IntegrationView) => stateOfUpdate(call.tenant.id, changes, view);
    const applied = views.find((view) => stateIn(view) === 'done');
    if (applied) return done(seen, changes, applied);
    return views.some((view) => stateIn(view) === 'untouched') ? NO_TRACE : UNKNOWN;
  }

  /** S-320: an integration that is gone was deleted. */
  async #deleted(call: CallContext, id: string): Promise<AuditResult> {
    return (await this.#find(call, id)) ? NO_TRACE : { outcome: 'success' };
  }

  async #find(call: CallContext, id: string): Promise<Integration | undefined> {
    return this.portal.get(call, id, 'reconcile').catch((error: unknown) => {
      if (error instanceof HubsterError && error.isNotFound) return undefined;
      throw error;
    });
  }

  /** One for each `SECRET_KEY`, as the intent may have been recorded before its rotation. */
  #viewsOf({ tenant }: CallContext, integration: Integration): readonly IntegrationView[] {
    return this.views.all.map((views) => views.viewOf(integration, tenant.id));
  }
}

function done({ integrationId }: Integration, changes: readonly Change[], view: IntegrationView): AuditResult {
  return {
    outcome: 'success',
    target: { type: 'integration', id: integrationId },
    changes: changesSeen(changes, view),
  };
}

function plannedValue(changes: readonly Change[], name: string): unknown {
  return changes.find(({ pointer }) => pointer === pointerOf(name))?.to;
}
