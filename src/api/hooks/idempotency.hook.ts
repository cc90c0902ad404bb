import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { quotaOwner } from '../../context/quota';
import { Idempotency, type Run } from '../../idempotency/idempotency';
import type { WriteResult } from '../../integrations/integration-writer';
import { canonicalJson, isJsonObject, writeJson } from '../../json/json-value';
import { invalidRequest, Problem } from '../../problems/problem';
import { parameterViolation } from '../../problems/violation';
import { prefersLenient } from '../request/caching-headers';
import { contextOf } from '../request/request-state';

export const KEY_LENGTH = { min: 16, max: 255 };
/** Headers that a replay repeats; all others depend on the state at its time. */
const KEPT_HEADERS = ['content-type', 'etag', 'cache-control', 'preference-applied'];

/** `Idempotency-Key` on writes (S-760): repeated requests are carried out once and get the same response. */
@Injectable()
export class IdempotentWrites {
  constructor(private readonly idempotency: Idempotency) {}

  /** The end of a run is stored before its response is sent, so that a caller with the response can rely on it. */
  install(fastify: FastifyInstance): void {
    fastify.addHook('onSend', (request, reply, payload, done) => {
      const { run } = request.state;
      if (!run) return done(null, payload);
      const text = typeof payload === 'string' ? payload : '';
      endRun(run, request, reply, text).then(() => done(null, payload), done);
    });
  }

  /**
   * Runs `write`, or sends the response of the first time. Call it when the request is known to be well-formed.
   * `readAgain` reads the current integration, for when the first response was too large to be kept.
   */
  async run(
    request: FastifyRequest,
    reply: FastifyReply,
    write: (isRepeat: boolean) => Promise<void>,
    readAgain?: (integrationId: string) => Promise<WriteResult>,
  ): Promise<void> {
    const key = keyOf(request);
    if (key === undefined) return write(false);
    const context = contextOf(request);
    const { tenant, caller, span } = context;
    const [path = ''] = request.url.split('?');
    const begun = await this.idempotency.begin({
      ...{ owner: quotaOwner(context), tenant: tenant.id, caller: caller.id, key, span },
      visibilities: [tenant.visibility, tenant.previousVisibility ?? tenant.visibility],
      route: `${request.method} ${path.toLowerCase()}`,
      body: canonicalJson([
        isJsonObject(request.body) ? request.body : null,
        request.headers['prefer'] ?? null,
        request.headers['if-match'] ?? null,
        // Only if it was sent: the bodies of keys stored by older versions have three members.
        ...[request.headers['if-none-match'] ?? []].flat(),
      ]),
    });
    if ('status' in begun) {
      const { status, headers, body, integrationId } = begun;
      if (body === undefined && integrationId !== undefined && readAgain) {
        const written = await readAgain(integrationId);
        return sendWritten(request, reply.header('idempotency-replayed', 'true'), written);
      }
      void reply.status(status).headers(headers).header('idempotency-replayed', 'true').send(body);
      return;
    }
    request.state.run = begun;
    try {
      await write(begun.isRepeat);
    } catch (error) {
      // With the key, a retry does no harm.
      if (!(error instanceof Problem) || error.details.outcome === undefined) throw error;
      throw new Problem(error.code, { ...error.details, retryable: true });
    }
  }
}

function keyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && key.length >= KEY_LENGTH.min && key.length <= KEY_LENGTH.max) return key;
  throw invalidRequest([
    parameterViolation(207, 'Idempotency-Key', `${KEY_LENGTH.min} to ${KEY_LENGTH.max} characters are expected.`),
  ]);
}

/** Neither 5xx nor retryable problems are kept (S-760). */
function endRun(run: Run, { state }: FastifyRequest, reply: FastifyReply, body: string): Promise<void> {
  const { problem, written } = state;
  if (problem?.details.outcome === 'unknown' || problem?.code === 'internal-error') return run.unknown();
  if (reply.statusCode >= 500 || problem?.retryable) return run.failed();
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = reply.getHeader(name);
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  const response = { status: reply.statusCode, headers: Object.fromEntries(headers), body };
  if (problem) return run.rejected(response);
  return run.completed({ ...response, ...(written !== undefined && { integrationId: written }) });
}

/** Sends the result of a write, which no cache may store. */
export function sendWritten(request: FastifyRequest, reply: FastifyReply, written: WriteResult): void {
  const { integration, etag, warnings } = written;
  request.state.written = integration.integrationId;
  if (prefersLenient(request.headers)) reply.header('preference-applied', 'handling=lenient');
  void reply
    .status(200)
    .headers({ ...(etag !== undefined && { etag }), 'cache-control': 'no-store' })
    .type('application/json; charset=utf-8')
    .send(writeJson(warnings.length > 0 ? { ...integration, warnings } : integration));
}
