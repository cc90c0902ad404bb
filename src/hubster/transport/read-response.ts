import { JobAbandoned, SLICES } from '../../clock/slices';
import type { JsonValue } from '../../json/json-value';
import { readJson } from '../../json/read/read-json';
import { readJsonInSteps } from '../../json/read/read-json-in-steps';
import { JsonError } from '../../json/read/scan-json';
import { HubsterError } from '../outcome/hubster-error';
import type { ErrorResponse, Outcome, Phase } from '../outcome/outcome';
import { errorCodes } from './error-codes';
import { type HttpResponse, onlyValue, valuesOf } from './http-response';
import { retryAfterMs } from './retry-after';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json$/;

/**
 * Reads the JSON of a 2xx in steps; `json` is undefined without a body.
 * @throws {HubsterError} if it is not the requested resource
 */
export type ReadSteps<T> = (json: JsonValue | undefined) => Generator<void, T>;

/** Returns the JSON unchanged. */
export function* asJson(json: JsonValue | undefined): Generator<void, JsonValue | undefined> {
  yield;
  return json;
}

interface Reading<T> {
  readonly phase: Phase;
  /** When the response arrived, in milliseconds since the epoch. */
  readonly now: number;
  readonly read: ReadSteps<T>;
  /** A 2xx is success, whatever its body (S-712, delete). */
  readonly ignoresBody?: boolean;
  /** Large responses of one owner are read one after another. */
  readonly owner: string;
  /** Whether nobody waits for the response any more. */
  readonly isAbandoned: () => boolean;
}

/** Larger bodies are read in slices; a body of this size takes some milliseconds at most. */
const AT_ONCE_BYTES = 256 * 1024;

/** Converts a response to an outcome. The HTTP status decides, not the one in the body (S-008). */
export async function readResponse<T>(response: HttpResponse, reading: Reading<T>): Promise<Outcome<T>> {
  const { status, headers, body } = response;
  if (status < 200 || status >= 300) return readFailure(response, reading);
  const { phase, owner, isAbandoned, ignoresBody = false } = reading;
  const isEmpty = ignoresBody || body?.length === 0;
  const isJson = isJsonType(onlyValue(headers, 'content-type') ?? '');
  // We accept no content coding and decode none: encoded bytes are unreadable, and decompression needs no limit.
  if (!isEmpty && (!body || !isJson)) return { kind: 'unreadable', phase };
  const bytes = isEmpty ? undefined : body;
  const isLarge = bytes !== undefined && bytes.length > AT_ONCE_BYTES;
  try {
    const json = await SLICES.run(steps(bytes, isLarge, reading.read), { owner, isLarge, isAbandoned });
    return { kind: 'ok', status, json };
  } catch (error) {
    if (error instanceof JsonError) return { kind: 'unreadable', phase };
    if (error instanceof HubsterError) return error.outcome;
    if (error instanceof JobAbandoned) return { kind: 'deadline', phase, sent: true };
    throw error;
  }
}

/** Parsing and reading are one job, so that a parsed response does not wait in memory while others are parsed. */
function* steps<T>(bytes: Buffer | undefined, isLarge: boolean, read: ReadSteps<T>): Generator<void, T> {
  if (!bytes) return yield* read(undefined);
  return yield* read(isLarge ? yield* readJsonInSteps(bytes) : readJson(bytes));
}

function isJsonType(contentType: string): boolean {
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  return JSON_TYPE.test(type) && (charset === undefined || charset.replaceAll('"', '') === 'utf-8');
}

function readFailure(
  { status, headers, body }: HttpResponse,
  { phase, now }: Pick<Reading<unknown>, 'phase' | 'now'>,
): ErrorResponse {
  const kind = kindOf(status, phase);
  const retryAfter = GENERAL_KINDS[status] ? valuesOf(headers, 'retry-after') : undefined;
  const wait = retryAfter && retryAfterMs(retryAfter, onlyValue(headers, 'date'), now);
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
