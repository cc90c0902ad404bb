import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Change } from '../audit/record';
import { SLICES } from '../clock/slices';
import { Config } from '../config/config';
import { isPassthrough } from '../context/quota';
import type { RequestContext } from '../context/request-context';
import type { Integration } from '../hubster/integration';
import { toProblem } from '../hubster/outcome/hubster-error';
import { HubsterPortal } from '../hubster/portal';
import { Problem } from '../problems/problem';
import { AuditedWrites } from './audited-writes';
import { integrationNotFound, mayUse, requireHub } from './hub-rules';
import { changesBetween, type IntegrationView, IntegrationViews } from './integration-view';
import { KeyRotations, regeneratesKeys } from './key-rotations';
import { notApplied, ReadBack } from './read-back';
import { type ComparisonCheck, reconcilableCreate } from './reconciliation/reconcile-create';
import { reconcilableDelete } from './reconciliation/reconcile-delete';
import { reconcilableUpdate } from './reconciliation/reconcile-update';
import { plannedRotation } from './reconciliation/recorded-changes';
import type { CreateCommand } from './requests/create-request';
import type { UpdateCommand } from './requests/update-request';
import { type Warning, warning } from './requests/validation-result';
import { comparedSecrets, planUpdate, type UpdateValues, updatedBy } from './update-plan';
import { WriteLock } from './write-lock/write-lock';

/** The result of a write: the integration as the next read shows it, and warnings. */
export interface WriteResult {
  readonly integration: IntegrationView;
  /** That of the next read; absent if the integration could not be read after the write (S-771). */
  readonly etag?: string;
  readonly warnings: readonly Warning[];
}

interface WriteConditions {
  /** The same request may have been carried out before, so a probe comes before anything is sent (S-760). */
  readonly isRepeat: boolean;
  /** `If-Match` and `If-None-Match`, evaluated for the entity tags of an uncached read (S-770). */
  readonly precondition?: (etags: readonly string[]) => boolean;
}

interface CreateConditions extends Pick<WriteConditions, 'isRepeat'> {
  /** See `reconcilableCreate`. */
  readonly mayCompare: ComparisonCheck;
}

interface UpdateConditions extends WriteConditions {
  /** `Prefer: handling=lenient` (RFC 7240): a frozen configuration is dropped, not rejected (S-321). */
  readonly isLenient: boolean;
  /** Called with the pointers of secrets before they are compared with the request (S-322); throws when there were too many. */
  readonly checkComparisons: (pointers: readonly string[]) => Promise<void>;
}

/** Creates, updates and deletes integrations. */
@Injectable()
export class IntegrationWriter {
  /** Views by integration object. Two tenants never share such an object. */
  readonly #shown = new WeakMap<Integration, IntegrationView>();

  constructor(
    private readonly portal: HubsterPortal,
    private readonly audited: AuditedWrites,
    private readonly readBack: ReadBack,
    private readonly views: IntegrationViews,
    private readonly writeLock: WriteLock,
    private readonly rotations: KeyRotations,
    private readonly config: Config,
  ) {}

  async create(
    context: RequestContext,
    hubId: string,
    command: CreateCommand,
    { isRepeat, mayCompare }: CreateConditions,
  ): Promise<WriteResult> {
    requireHub(context.tenant, hubId);
    const call = this.#withDeadline(context);
    const { channel, name, statusId, configuration } = command;
    const intentId = randomUUID();
    // It has no id yet. Fingerprints are bound to the intent instead, so those of two intents cannot be compared.
    const intended = { integrationId: intentId, hubId, channel, name, statusId, configuration };
    const created = await this.audited.run(
      call,
      {
        id: intentId,
        action: 'integration.create',
        target: { type: 'hub', id: hubId },
        hubId,
        changes: changesBetween(undefined, this.views.viewOf(intended, context.tenant.id)),
      },
      { ...reconcilableCreate(this.portal, hubId, command, mayCompare), isRepeat },
      (written) => this.#view(context, written),
    );
    return this.#written(call, created, { name, statusId }, command.warnings);
  }

  async update(
    context: RequestContext,
    integrationId: string,
    command: UpdateCommand,
    conditions: UpdateConditions,
  ): Promise<WriteResult> {
    const call = this.#withDeadline(context);
    return this.#exclusively(call, integrationId, async () => {
      const current = await this.#readCurrent(call, integrationId, conditions);
      await conditions.checkComparisons(comparedSecrets(current, command));
      const { values, warnings } = planUpdate(current, command, conditions.isLenient);
      // The key from before the first attempt is lost, so no probe can show whether that attempt made a new one (S-307).
      if (conditions.isRepeat && regeneratesKeys(values)) throw new Problem('upstream-timeout', { outcome: 'unknown' });
      if (Object.keys(values).length === 0) return this.#response(context, current, warnings);
      await this.rotations.announce(call.tenant.id, current, values);
      const changes = await SLICES.run(this.#plannedChanges(context, current, values), { owner: ownerOf(context) });
      const updated = await this.audited.run(
        call,
        {
          action: 'integration.update',
          target: { type: 'integration', id: integrationId },
          hubId: current.hubId,
          changes,
        },
        { ...reconcilableUpdate(this.portal, current, values), isRepeat: conditions.isRepeat },
        (written) => this.#view(context, written),
        this.#view(context, current),
      );
      return this.#written(call, updated, values, warnings);
    });
  }

  /** An integration that was written, as it is now: from Hubster, not from the cache. */
  async read(context: RequestContext, integrationId: string): Promise<WriteResult> {
    const current = await this.#readCurrent(this.#withDeadline(context), integrationId, {});
    return this.#response(context, current, []);
  }

  async remove(context: RequestContext, integrationId: string, conditions: WriteConditions): Promise<void> {
    const call = this.#withDeadline(context);
    await this.#exclusively(call, integrationId, async () => {
      const current = await this.#readCurrent(call, integrationId, conditions).catch((error: unknown) => {
        if (conditions.isRepeat && error instanceof Problem && error.status === 404) return undefined;
        throw error;
      });
      if (!current) return;
      await this.audited.run(
        call,
        {
          action: 'integration.delete',
          target: { type: 'integration', id: integrationId },
          hubId: current.hubId,
          changes: changesBetween(this.#view(context, current), undefined),
        },
        { ...reconcilableDelete(this.portal, integrationId), isRepeat: conditions.isRepeat },
      );
    });
  }

  #withDeadline(context: RequestContext): RequestContext {
    return { ...context, deadline: context.deadline.within(this.config.deadlines.writeMs) };
  }

  #exclusively<T>(context: RequestContext, integrationId: string, work: () => Promise<T>): Promise<T> {
    const { tenant, deadline, span } = context;
    const key = { tenant: tenant.id, isPassthrough: isPassthrough(tenant), integrationId, span };
    return this.writeLock.runExclusive(key, deadline, work);
  }

  /** Reads uncached. Throws `not-found` for another tenant's integration (S-016), and `precondition-failed` (S-770). */
  async #readCurrent(
    call: RequestContext,
    integrationId: string,
    { precondition }: Pick<WriteConditions, 'precondition'>,
  ): Promise<Integration> {
    const current = await this.portal.get(call, integrationId).catch((error: unknown) => {
      throw toProblem(error, { write: false });
    });
    if (!mayUse(call.tenant, current.hubId)) throw integrationNotFound();
    if (precondition && !precondition(this.#tagsOf(call, current))) throw new Problem('precondition-failed');
    return current;
  }

  /** The response to a write that succeeded. It shows what the next read shows, or says that it may not (S-771). */
  async #written(
    call: RequestContext,
    written: Integration,
    values: UpdateValues,
    warnings: readonly Warning[],
  ): Promise<WriteResult> {
    const read = await this.readBack.read(call, written, values);
    const { etag, ...shown } = await this.#response(call, read ?? written, [
      ...warnings,
      ...notApplied(read ?? written, values),
      ...(read ? [] : [warning('not-read')]),
    ]);
    return read ? { ...shown, etag } : shown;
  }

  /** Runs in ticks of its own: an integration may have 2 MiB, and comparing, recording and sending it take a tick each. */
  #response(
    context: RequestContext,
    integration: Integration,
    warnings: readonly Warning[],
  ): Promise<Required<WriteResult>> {
    const steps = this.#responseSteps(context, integration, warnings);
    return SLICES.run(steps, { owner: ownerOf(context), isLarge: true });
  }

  *#responseSteps(
    context: RequestContext,
    integration: Integration,
    warnings: readonly Warning[],
  ): Generator<void, Required<WriteResult>> {
    const view = this.#view(context, integration);
    yield;
    const etag = this.views.etag(view, context.tenant.id);
    yield;
    return { integration: view, etag, warnings };
  }

  /** The intent records that new keys are requested; the keys themselves are not known yet. */
  *#plannedChanges(
    context: RequestContext,
    current: Integration,
    values: UpdateValues,
  ): Generator<void, readonly Change[]> {
    const before = this.#view(context, current);
    yield;
    const after = this.#view(context, updatedBy(values, current));
    yield;
    return [...(regeneratesKeys(values) ? plannedRotation(before) : []), ...changesBetween(before, after)];
  }

  /** Made once for each integration, as a write needs the view several times. */
  #view(context: RequestContext, integration: Integration): IntegrationView {
    const known = this.#shown.get(integration);
    if (known) return known;
    const view = this.views.viewOf(integration, context.tenant.id);
    this.#shown.set(integration, view);
    return view;
  }

  /** The tags that reads of the integration carry: replicas with another `SECRET_KEY` show other fingerprints. */
  #tagsOf({ tenant }: RequestContext, integration: Integration): readonly string[] {
    return this.views.all.map((views) => views.etag(views.viewOf(integration, tenant.id), tenant.id));
  }
}

/** The owner differs from that of the tenant's reads, so that a write does not wait for lists. */
function ownerOf({ tenant }: RequestContext): string {
  return `${tenant.id} write`;
}
