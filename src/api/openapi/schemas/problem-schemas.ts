import type { JsonObject } from '../../../json/json-value';
import { PROBLEM_CODES } from '../../../problems/problem-registry';
import { REQUEST_ID } from '../../request/headers';
import { ref } from '../operation';
import { problemSchemas } from '../problem-responses';
import { flag, guid, integer, list, object, oneOfTexts, text } from './scalars';

const MAX_ERRORS = 100;
/** Of a pointer: a name in it comes from a body of this size, and each character of it can need two. */
const MAX_POINTER = 2 * 256 * 1024;
const STATUS = integer(400, 599);

/** What every problem has, and one schema for each group of problems that an operation can have under one status. */
export function problemSchemasOfDocument(): Record<string, JsonObject> {
  return {
    Problem: object(['type', 'title', 'status', 'code', 'requestId', 'retryable'], {
      type: { ...text(2048), format: 'uri-reference', description: 'The URL of the page about the problem.' },
      title: text(128),
      status: STATUS,
      code: oneOfTexts(PROBLEM_CODES),
      detail: { ...text(1024), description: 'What happened in this case, for people.' },
      requestId: { ...text(128), pattern: REQUEST_ID.source },
      retryable: { ...flag, description: 'Whether the same request may succeed later, unchanged.' },
      outcome: { type: 'string', enum: ['unknown'], description: 'The write may have taken effect.' },
      candidate: {
        ...guid,
        description: 'Id of an integration that a create with an unknown outcome may have made.',
      },
      errors: { ...list(ref('schemas', 'Violation'), MAX_ERRORS), description: 'Every rule that the request breaks.' },
    }),
    Violation: object(['code', 'description'], {
      code: { ...integer(1, 999_999), description: 'Hubster’s PRT number.' },
      pointer: { type: 'string', maxLength: MAX_POINTER, description: 'JSON Pointer (RFC 6901) into the body.' },
      parameter: { ...text(8192), description: 'Name of a path parameter, query parameter or header.' },
      description: text(MAX_POINTER),
    }),
    ...problemSchemas(),
    ProblemKind: object(['code', 'status', 'title', 'retryable', 'reason', 'help'], {
      code: oneOfTexts(PROBLEM_CODES),
      status: STATUS,
      title: text(128),
      retryable: flag,
      reason: { ...text(1024), description: 'What happened.' },
      help: { ...text(1024), description: 'What a caller can do.' },
    }),
    ProblemKindList: list(ref('schemas', 'ProblemKind'), PROBLEM_CODES.length),
  };
}
