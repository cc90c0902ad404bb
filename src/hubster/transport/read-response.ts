import { JobAbandoned, SLICES } from '../../clock/slices';
import type { JsonValue } from '../../json/json-value';
import { readJson } from '../../json/read/read-json';
import { readJsonInSteps } from '../../json/read/read-json-in-steps';
import { JsonError } from '../../json/read/scan-json';
import { HubsterError } from '../outcome/hubster-error';
import type { Outcome, Phase } from '../outcome/outcome';
import { readErrorResponse } from './error-response';
import { type HttpResponse, onlyValue } from './response-collector';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json$/;

/**
 * Larger bodies are read in slices; a body of this size takes some milliseconds at most. Reading every body in steps would double the time
 * of parsing.
 */
const AT_ONCE_BYTES = 256 * 1024;

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

/** Converts a response to an outcome. The HTTP status decides, not the one in the body (S-008). */
export async function readResponse<T>(response: HttpResponse, reading: Reading<T>): Promise<Outcome<T>> {
  const { status, headers, data } = response;
  if (status < 200 || status >= 300) return readErrorResponse(response, reading);
  const { phase, owner, isAbandoned, ignoresBody = false } = reading;
  const isEmpty = ignoresBody || data?.length === 0;
  const isJson = isJsonType(onlyValue(headers, 'content-type') ?? '');
  // We accept no content coding and decode none: encoded bytes are unreadable, and decompression needs no limit.
  if (!isEmpty && (!data || !isJson)) return { kind: 'unreadable', phase };
  const bytes = isEmpty ? undefined : data;
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
