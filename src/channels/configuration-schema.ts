import type { JsonObject } from '../json/json-value';
import { MASK } from '../secrets/secret';
import type { Channel } from './channel';
import type { FieldDeclaration } from './fields/field';
import type { WriteOperation } from './validate-configuration';

/** JSON Schema (draft 2020-12) of the configuration in a request. */
export function requestSchema(channel: Channel, operation: WriteOperation): JsonObject {
  const fields = channel.fields.filter((field) => !field.readOnly && (operation === 'update' || !field.updateOnly));
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, propertySchema(field)])),
    required: fields
      .filter((field) => field.required && !(operation === 'update' && field.defaultsToCurrent))
      .map((field) => field.name),
    ...(channel.exactlyOneOf.length > 0 && { oneOf: channel.exactlyOneOf.map((name) => ({ required: [name] })) }),
    additionalProperties: false,
  };
}

/** JSON Schema of the configuration in a response: masked, every key optional (S-505). */
export function responseSchema(channel: Channel): JsonObject {
  const fields = channel.fields.filter((field) => !field.updateOnly);
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map((field) => [
        field.name,
        field.secret ? { type: 'string', const: MASK, description: field.description } : propertySchema(field),
      ]),
    ),
    additionalProperties: { const: MASK, description: 'Undocumented properties are masked entirely.' },
  };
}

function propertySchema(field: FieldDeclaration): JsonObject {
  return {
    ...field.type.schema,
    description: field.description,
    ...(field.secret && { writeOnly: true }),
    ...(field.readOnly && { readOnly: true }),
    ...(field.example !== undefined && { examples: [field.example] }),
  };
}
