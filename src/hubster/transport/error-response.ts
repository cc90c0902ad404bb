import { exactNumber, isJsonObject } from '../../json/json-value';
import { tryReadJson } from '../../json/read/read-json';
import type { ErrorResponse, Phase, UpstreamError } from '../outcome/outcome';
import { type HttpResponse, onlyValue, valuesOf } from './response-collector';
import { retryAfterMs } from './retry-after';

type Kinds = Readonly<Record<number, ErrorResponse['kind']>>;

const GENERAL_KINDS: Kinds = {
  408: 'request-timeout',
  429: 'rate-limited',
  500: 'server-error',
  502: 'gateway',
  503: 'unavailable',
  504: 'gateway',
};

const PORTAL_KINDS: Kinds = {
  400: 'rejected',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  409: 'refused',
  410: 'refused',
  417: 'refused',
  501: 'refused',
};

/** A bad client is a 400 with an OAuth2 error body (docs/hubster.md), in other servers a 401 or 403 (S-716). */
const IDENTITY_KINDS: Kinds = { 400: 'client-refused', 401: 'client-refused', 403: 'client-refused' };

/** Larger bodies are not read: 20 errors take some KiB. */
const MAX_BYTES = 256 * 1024;
const MAX_ERRORS = 20;
const MAX_CODE = 999_999;

/** Reads a response with a status other than 2xx. `now`: when it arrived, in milliseconds since the epoch. */
export function readErrorResponse(
  { status, headers, data }: HttpResponse,
  { phase, now }: { readonly phase: Phase; readonly now: number },
): ErrorResponse {
  const kind = kindOf(status, phase);
  const retryAfter = GENERAL_KINDS[status] ? valuesOf(headers, 'retry-after') : undefined;
  const wait = retryAfter && retryAfterMs(retryAfter, onlyValue(headers, 'date'), now);
  return { kind, phase, status, errors: errorCodes(data), ...(wait !== undefined && { retryAfterMs: wait }) };
}

function kindOf(status: number, phase: Phase): ErrorResponse['kind'] {
  const general = GENERAL_KINDS[status];
  if (general) return general;
  if (status >= 300 && status < 400) return 'redirect';
  return (phase === 'token' ? IDENTITY_KINDS : PORTAL_KINDS)[status] ?? 'unexpected-status';
}

/** The errors of a body `{status, errors[{code, description}]}`; an empty list for any other body (S-008). */
export function errorCodes(body: Buffer | undefined): readonly UpstreamError[] {
  const parsed = body && body.length <= MAX_BYTES ? tryReadJson(body) : undefined;
  const errors = isJsonObject(parsed) ? parsed['errors'] : undefined;
  return Array.isArray(errors) ? errors.slice(0, MAX_ERRORS).flatMap(errorCode) : [];
}

function errorCode(entry: unknown): readonly UpstreamError[] {
  if (!isJsonObject(entry)) return [];
  const { code: sent, description } = entry;
  const code = typeof sent === 'string' ? Number(/^(?:PRT)?(\d{1,6})$/.exec(sent)?.[1]) : exactNumber(sent);
  if (code === undefined || !Number.isInteger(code) || code < 1 || code > MAX_CODE) return [];
  const property = typeof description === 'string' ? /'([A-Za-z]{1,40})'/.exec(description)?.[1] : undefined;
  return [{ code, ...(property !== undefined && { property }) }];
}
