import type { JsonObject } from '../../json/json-value';
import { invalidRequest, Problem, type ProblemDetails } from '../../problems/problem';
import { PROBLEM_KINDS, type ProblemCode } from '../../problems/problem-registry';
import { violation } from '../../problems/violation';
import { renderProblem } from '../response/problem-rendering';
import { ref } from './operation';
import { PROBLEM_GROUPS, type ProblemGroupName, problemGroup } from './problem-groups';
import { integer, PAGE } from './schemas/scalars';

const GROUP_NAMES = Object.keys(PROBLEM_GROUPS).filter(isGroupName);
const REQUEST_ID = '6a1f2f4e-8a52-4a5c-9b61-2c1a0f9a7d10';
const TYPICAL_HEADERS = [
  'X-Request-Id',
  'Cache-Control',
  'Vary',
  'RateLimit',
  'RateLimit-Policy',
  'Server-Timing',
  'Access-Control-Allow-Origin',
];

/** What the responses of the code have besides the registry. */
const EXAMPLE_DETAILS: Partial<Readonly<Record<ProblemCode, ProblemDetails>>> = {
  'validation-failed': invalidRequest([violation(301, '/configuration/authToken')]).details,
  'mask-in-value': invalidRequest([violation(206, '/configuration/authToken', 'The value contains a mask.')]).details,
  forbidden: { detail: 'The caller lacks the scope integrations:write.' },
  'not-found': { errors: [violation(799)] },
  'name-taken': { errors: [violation(700)] },
  'channel-taken': { errors: [violation(701)] },
};

/** The details of a status that is not the usual one of its problem. */
const EXAMPLE_DETAILS_BY_STATUS: Readonly<Record<number, ProblemDetails>> = {
  414: { detail: 'The URL is longer than 8 KiB.' },
  417: { detail: 'Only 100-continue can be expected.' },
  431: { detail: 'The headers are larger than 16 KiB.' },
  501: { detail: 'The only transfer coding is chunked.' },
};

function isGroupName(name: string): name is ProblemGroupName {
  return Object.hasOwn(PROBLEM_GROUPS, name);
}

/** The status and the response of each group. */
export function problemResponsesOf(names: readonly ProblemGroupName[]): readonly (readonly [number, JsonObject])[] {
  return names.map((name) => [problemGroup(name).status, ref('responses', name)]);
}

/** Every group as a response. */
export function problemResponses(): JsonObject {
  return Object.fromEntries(GROUP_NAMES.map((name) => [name, responseOf(name)]));
}

function responseOf(name: ProblemGroupName): JsonObject {
  const { status, codes, headers = [], hasPage = false } = problemGroup(name);
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEM_KINDS[code].title}.`).join(' '),
    headers: Object.fromEntries([...TYPICAL_HEADERS, ...headers].map((header) => [header, ref('headers', header)])),
    content: {
      'application/problem+json': {
        schema: ref('schemas', schemaName(name)),
        examples: Object.fromEntries(codes.map((code) => [code, ref('examples', exampleName(code, status))])),
      },
      ...(hasPage && PAGE),
    },
  };
}

const schemaName = (name: ProblemGroupName) => `${name}Problem`;

function exampleName(code: ProblemCode, status: number): string {
  return status === PROBLEM_KINDS[code].status ? code : `${code}-${status}`;
}

/** Every problem that a group names, as the service renders it. */
export function problemExamples(): JsonObject {
  const examples = GROUP_NAMES.flatMap((name) => {
    const { status, codes } = problemGroup(name);
    return codes.map((code) => [exampleName(code, status), exampleOf(code, status)] as const);
  });
  return Object.fromEntries(examples);
}

function exampleOf(code: ProblemCode, status: number): JsonObject {
  const { title } = PROBLEM_KINDS[code];
  const details = status === PROBLEM_KINDS[code].status ? EXAMPLE_DETAILS[code] : EXAMPLE_DETAILS_BY_STATUS[status];
  const { body } = renderProblem(new Problem(code, { ...details, status }), REQUEST_ID);
  return { summary: title, value: JSON.parse(body) };
}

/** A schema for each group: `Problem` with the status and the codes of the group. */
export function problemSchemas(): Record<string, JsonObject> {
  return Object.fromEntries(GROUP_NAMES.map((name) => [schemaName(name), schemaOf(name)]));
}

function schemaOf(name: ProblemGroupName): JsonObject {
  const { status, codes } = problemGroup(name);
  return {
    title: `${status} ${codes.join(', ')}`,
    allOf: [
      ref('schemas', 'Problem'),
      {
        type: 'object',
        required: ['type', 'title', 'status', 'code'],
        properties: {
          type: { type: 'string', enum: codes.map((code) => `/problems/${code}`) },
          title: { type: 'string', enum: codes.map((code) => PROBLEM_KINDS[code].title) },
          status: { ...integer(status, status), enum: [status] },
          code: { type: 'string', enum: [...codes] },
        },
      },
    ],
  };
}
