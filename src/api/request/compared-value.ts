import type { JsonObject } from '../../json/json-value';
import { invalidRequest } from '../../problems/problem';
import { pointerOf, violation } from '../../problems/violation';
import { Secret } from '../../secrets/secret';

const REQUIRED = 301;
const BAD_TYPE = 302;
const UNKNOWN = 303;

/** The value in `{ "value": "…" }`. */
export function comparedValue(body: JsonObject): Secret {
  const { value, ...others } = body;
  const errors = Object.keys(others).map((name) => violation(UNKNOWN, pointerOf(name)));
  if (value === undefined) errors.push(violation(REQUIRED, '/value'));
  else if (typeof value !== 'string' || value === '') errors.push(violation(BAD_TYPE, '/value'));
  if (errors.length > 0 || typeof value !== 'string') throw invalidRequest(errors);
  return Secret.of(value);
}
