import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { CallLog } from '../call-log';
import type { Outcome } from '../portal/portal-call';
import { type SandboxRequest, type SandboxResponse, sendResponse } from '../sandbox-http';
import type { Identity } from '../token-endpoint';
import { type FaultEffect, type FaultList, replacesResponse } from './fault';
import { faultyResponse } from './faulty-response';

interface FaultInjectorDependencies {
  readonly identity: Identity;
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
   * even if the client has disconnected. `execute` is synchronous, so that requests never interleave.
   */
  async serve(
    request: SandboxRequest,
    reply: FastifyReply,
    execute: (request: SandboxRequest) => Outcome,
  ): Promise<FastifyReply> {
    const { identity, faults, callLog, signal } = this.dependencies;
    const tenant = identity.tenantOf(request)?.name ?? null;
    const fault = faults.select(request, tenant);
    if (!fault) {
      const { response, effect } = execute(request);
      callLog.record(request, { tenant, status: response.status, effect, fault: null });
      return sendResponse(reply, response);
    }
    const { effect } = fault;
    if (!effect.apply) await pause(effect.delayMs, signal);
    // A read is always executed, as it has no effect.
    const isPrevented = replacesResponse(effect) && !effect.apply && request.method !== 'GET';
    const outcome = isPrevented ? undefined : execute(request);
    const response = faultyResponse(effect, outcome?.response);
    const status = effect.hang || effect.reset ? null : response.status;
    callLog.record(request, { tenant, status, effect: outcome?.effect ?? null, fault: fault.id });
    if (effect.apply) await pause(effect.delayMs, signal);
    reply.hijack();
    await deliver(reply.raw, response, effect, signal);
    return reply;
  }
}

/** Sends the response, complete or with a simulated network failure. `signal` ends a drip when the sandbox stops. */
async function deliver(
  target: ServerResponse,
  { status, headers, body }: SandboxResponse,
  { hang, reset, truncate, dripMs }: FaultEffect,
  signal: AbortSignal,
): Promise<void> {
  if (hang) return;
  if (reset) {
    target.socket?.resetAndDestroy();
    return;
  }
  const hasBody = status !== 204 && status !== 304;
  // An empty body cannot be truncated, so one byte is declared that is never sent.
  const declaredLength = truncate ? Math.max(1, body.length) : body.length;
  target.writeHead(status, { ...headers, ...(hasBody && { 'content-length': declaredLength }) });
  if (truncate) target.write(body.subarray(0, Math.floor(body.length / 2)), () => target.socket?.destroy());
  else if (dripMs > 0) await drip(target, body, dripMs, signal);
  else target.end(hasBody ? body : undefined);
}

async function drip(target: ServerResponse, body: Buffer, dripMs: number, signal: AbortSignal): Promise<void> {
  target.flushHeaders();
  for (let index = 0; index < body.length && !target.destroyed; index += 1) {
    await pause(dripMs, signal);
    target.write(body.subarray(index, index + 1));
  }
  target.end();
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal });
}
