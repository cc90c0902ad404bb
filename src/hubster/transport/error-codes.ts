import { exactNumber, isJsonObject } from '../../json/json-value';
import { tryReadJson } from '../../json/read/read-json';
import type { UpstreamError } from '../outcome/outcome';

/** Larger bodies are not read: 20 errors take some KiB. */
const MAX_BYTES = 256 * 1024;
const MAX_ERRORS = 20;
const MAX_CODE = 999_999;

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
