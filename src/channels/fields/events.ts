import { MASK } from '../../secrets/secret';
import { mayHoldToken } from '../../secrets/token-like';
import type { FieldType, ValueViolation } from './field-type';
import { listViolations, redactTexts } from './lists';

/** The activity event filters of a System integration (docs/hubster.md, S-243). */
export const EVENT_FILTERS = ['message', 'message:customer', 'message:agent', 'message:bot'] as const;

export const events: FieldType = {
  schema: { type: 'array', items: { type: 'string', enum: [...EVENT_FILTERS] }, minItems: 1, uniqueItems: true },
  check: (value) => listViolations(value, { min: 1, max: EVENT_FILTERS.length }, eventViolations),
  redact: redactTexts((event) => (mayHoldToken(event) ? MASK : event)),
  masksParts: true,
};

function eventViolations(event: unknown, isRepeated: boolean): readonly ValueViolation[] {
  if (typeof event !== 'string') return [{ code: 302 }];
  if (!EVENT_FILTERS.some((filter) => filter === event)) return [{ code: 206 }];
  return isRepeated ? [{ code: 206, detail: 'The event is in the list twice.' }] : [];
}
