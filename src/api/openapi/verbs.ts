import type { JsonObject } from '../../json/json-value';
import { headers, type Operation, ref } from './operation';
import { type ProblemGroupName, PUBLIC_PROBLEMS, problemGroup } from './problem-groups';

const PROBLEM_HEADERS = headers(
  ...['X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'WWW-Authenticate', 'Server-Timing'],
  ...['Age', 'Cache-Status', 'Cache-Control', 'Vary', 'Access-Control-Allow-Origin'],
);

/** The problems of verbs whose responses have no body. */
export const BODILESS_PROBLEMS = {
  ProblemWithoutBody: { description: 'A problem, without its body.', headers: PROBLEM_HEADERS },
};

/** The status of each group, without the body of its problem. */
const bodiless = (problems: readonly ProblemGroupName[]) =>
  Object.fromEntries(problems.map((name) => [problemGroup(name).status, ref('responses', 'ProblemWithoutBody')]));

/** What HEAD says of the resource that GET reads; `get`: the members of that operation. */
export function headOperation(get: JsonObject, { responses, problems }: Operation): JsonObject {
  const withoutBody = Object.entries(responses).map(([status, { description = '', headers: own = {} }]) => [
    status,
    { description, headers: own },
  ]);
  return {
    ...get,
    operationId: `head${subjectOf(String(get['operationId']))}`,
    tags: ['http'],
    summary: `${get['summary']} (headers only)`,
    responses: { ...bodiless(problems), ...Object.fromEntries(withoutBody) },
  };
}

/** OPTIONS describes the whole path, and with it the response to a verb that the path does not have. */
export function optionsOperation({ id }: Operation, verbs: readonly string[]): JsonObject {
  const allow = verbs.join(', ');
  return {
    operationId: `options${subjectOf(id)}`,
    tags: ['http'],
    summary: `Lists the verbs: ${allow}`,
    description: `Needs no credentials. Any other verb of this path is 405 with the same \`Allow\`.`,
    security: [],
    parameters: [...['RequestMethod', 'RequestHeaders', 'Origin', 'RequestId'].map((name) => ref('parameters', name))],
    responses: {
      '204': {
        description: `\`Allow: ${allow}\`. A preflight request of a permitted origin gets the headers of CORS as well.`,
        headers: headers(
          ...['Allow', 'X-Request-Id', 'Vary', 'Access-Control-Allow-Origin', 'Access-Control-Allow-Methods'],
          ...['Access-Control-Allow-Headers', 'Access-Control-Max-Age'],
        ),
      },
      '405': ref('responses', 'MethodNotAllowed'),
      ...bodiless(PUBLIC_PROBLEMS),
    },
  };
}

/** `Integrations` of `listIntegrations`. */
function subjectOf(id: string): string {
  const subject = id.replace(/^(?:get|list)(?=[A-Z])/, '');
  return subject.charAt(0).toUpperCase() + subject.slice(1);
}
