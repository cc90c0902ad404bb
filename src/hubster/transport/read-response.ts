import { runInSlices } from '../../clock/slices';
import type { JsonValue } from '../../json/json-value';
import { JsonError } from '../../json/read/json-error';
import { tryReadJson } from '../../json/read/read-json';
import { readJsonInSteps } from '../../json/read/read-json-in-steps';
import type { ErrorResponse, Outcome, Phase } from '../outcome/outcome';
import { errorCodes } from './error-codes';
import { type HttpResponse, onlyValue, valuesOf } from './http-response';
import { retryAfterMs } from './retry-after';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json$/;

interface Reading {
  readonly phase: Phase;
  /** Milliseconds since the epoch, when the answer came. */
  readonly now: number;
  /** A 2xx is success whatever its body says (S-712, delete). */
  readonly ignoresBody?: boolean;
}

/** Larger bodies are read in slices; these take some milliseconds at the most. */
const AT_ONCE_BYTES = 256 * 1024;

/** What an answer means; at once, unless its body is large. The HTTP status decides, not the one in the body (S-008). */
export function readResponse(response: HttpResponse, reading: Reading): Outcome | Promise<Outcome> {
  const { status } = response;
  if (status < 200 || status >= 300) return readFailure(response, reading);
  return reading.ignoresBody ? { kind: 'ok', status, json: undefined } : readBody(response, reading.phase);
}

function readBody({ status, headers, body }: HttpResponse, phase: Phase): Outcome | Promise<Outcome> {
  if (body?.length === 0) return { kind: 'ok', status, json: undefined };
  const isJson = isJsonType(onlyValue(headers, 'content-type') ?? '');
  // We ask for no content coding and decode none: coded bytes are no JSON, and what never inflates needs no limit for it.
  if (!body || !isJson) return { kind: 'unreadable', phase };
  const read = (json: JsonValue | undefined): Outcome =>
    json === undefined ? { kind: 'unreadable', phase } : { kind: 'ok', status, json };
  return body.length <= AT_ONCE_BYTES ? read(tryReadJson(body)) : tryReadInSlices(body).then(read);
}

async function tryReadInSlices(body: Buffer): Promise<JsonValue | undefined> {
  try {
    return await runInSlices(readJsonInSteps(body));
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

function isJsonType(contentType: string): boolean {
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  return JSON_TYPE.test(type) && (charset === undefined || charset.replaceAll('"', '') === 'utf-8');
}

function readFailure({ status, headers, body }: HttpResponse, { phase, now }: Reading): ErrorResponse {
  const kind = kindOf(status, phase);
  const asked = GENERAL_KINDS[status] ? valuesOf(headers, 'retry-after') : undefined;
  const wait = asked && retryAfterMs(asked, onlyValue(headers, 'date'), now);
  return { kind, phase, status, errors: errorCodes(body), ...(wait !== undefined && { retryAfterMs: wait }) };
}

function kindOf(status: number, phase: Phase): ErrorResponse['kind'] {
  const general = GENERAL_KINDS[status];
  if (general) return general;
  if (status >= 300 && status < 400) return 'redirect';
  return (phase === 'token' ? IDENTITY_KINDS : PORTAL_KINDS)[status] ?? 'unexpected-status';
}

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
