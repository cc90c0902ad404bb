import { isJsonObject } from '../../json/json-value';
import type { FieldType, ValueViolation } from './field-type';
import { listViolations } from './lists';

const MAX_MESSAGES = 50;

/** The message types of docs/hubster.md (S-224). */
export const MESSAGE_TYPES = [
  'text',
  'contact',
  'card',
  'location',
  'attachment',
  'video',
  'audio',
  'youtube',
  'vimeo',
  'image',
  'list',
  'carousel',
  'command',
] as const;

/** Hubster messages with a known `type`; the rest of a message is free content and is sent unchanged (S-222, S-225). */
export const messages: FieldType = {
  schema: {
    type: 'array',
    maxItems: MAX_MESSAGES,
    items: {
      type: 'object',
      required: ['type'],
      properties: { type: { type: 'string', enum: [...MESSAGE_TYPES] } },
      additionalProperties: true,
    },
  },
  check: (value) => listViolations(value, { min: 0, max: MAX_MESSAGES }, messageViolations),
  redact: (value) => (Array.isArray(value) && value.every(isJsonObject) ? value : undefined),
};

function messageViolations(message: unknown): readonly ValueViolation[] {
  if (!isJsonObject(message)) return [{ code: 302 }];
  const { type } = message;
  if (type === undefined) return [{ code: 301, at: ['type'] }];
  if (typeof type !== 'string') return [{ code: 302, at: ['type'] }];
  if (!MESSAGE_TYPES.some((known) => known === type)) return [{ code: 206, at: ['type'] }];
  const isEmpty = type === 'text' && !['text', 'items', 'actions'].some((key) => Object.hasOwn(message, key));
  return isEmpty ? [{ code: 301, at: ['text'], detail: "A text message requires 'text', 'items' or 'actions'." }] : [];
}
