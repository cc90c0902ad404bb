import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallLog } from './call-log';
import { type FaultEffect, replacesResponse } from './faults/fault-effect';
import type { FaultList } from './faults/fault-list';
import { faultyResponse } from './faults/faulty-response';
import { deliver } from './http/deliver';
import type { SandboxRequest } from './http/sandbox-request';
import type { Hubster } from './hubster';
import type { Outcome } from './portal/portal-call';

interface FaultInjectorDependencies {
  readonly hubster: Hubster;
  readonly faults: FaultList;
  readonly callLog: CallLog;
  /** Aborted when the sandbox stops. */
  readonly signal: AbortSignal;
}

/** Applies faults to requests and responses of Hubster, and records the requests. */
export class FaultInjector {
  constructor(private readonly dependencies: FaultInjectorDependencies) {}

  /**
   * The order of steps: delay, execute, record, respond; with `apply`: execute, record, delay, respond. The request is executed
   * even if the client has disconnected.
   */
  async serve(request: SandboxRequest, target: ServerResponse): Promise<void> {
    const { hubster, faults, callLog, signal } = this.dependencies;
    const tenant = hubster.tenantOf(request)?.name ?? null;
    const fault = faults.take(request, tenant);
    if (!fault) {
      const { response, effect } = hubster.perform(request);
      callLog.record({ request, tenant, status: response.status, effect, fault: null });
      return deliver(target, response, {}, signal);
    }
    const { apply, delayMs, hang, reset } = fault.effect;
    if (!apply) await pause(delayMs, signal);
    const outcome = this.#performUnlessReplaced(fault.effect, request);
    const response = faultyResponse(fault.effect, outcome?.response);
    const status = hang || reset ? null : response.status;
    callLog.record({ request, tenant, status, effect: outcome?.effect ?? null, fault: fault.id });
    if (apply) await pause(delayMs, signal);
    await deliver(target, response, fault.effect, signal);
  }

  /** Undefined if a fault prevents a mutation or a token request. A read is always executed, as it has no effect. */
  #performUnlessReplaced(effect: FaultEffect, request: SandboxRequest): Outcome | undefined {
    const isPrevented = replacesResponse(effect) && !effect.apply && request.method !== 'GET';
    return isPrevented ? undefined : this.dependencies.hubster.perform(request);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal });
}
