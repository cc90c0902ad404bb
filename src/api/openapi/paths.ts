import type { JsonObject } from '../../json/json-value';
import type { Route } from '../hooks/route-table';
import type { CallerRoute } from '../routes/route-declaration';
import { type Operation, ref, TAGS } from './operation';
import { problemResponsesOf } from './problem-responses';
import { headOperation, optionsOperation } from './verbs';

const FOR_EVERYBODY = [ref('parameters', 'RequestId')];
const FOR_CALLERS = ['TenantId', 'RequestId', 'RequestTimeout', 'OnBehalfOf', 'TraceParent'].map((name) =>
  ref('parameters', name),
);

/** A route that is in the document. */
type DescribedRoute = Route & { readonly operation: Operation };

/** A path item for each path with an operation, in the order of the tags. */
export function pathItems(routes: readonly Route[]): JsonObject {
  const described = routes.flatMap((route) => {
    const operation = route.declaration?.operation;
    return operation ? [{ ...route, operation }] : [];
  });
  const tags = Object.keys(TAGS);
  const ordered = described.sort((one, other) => tags.indexOf(one.operation.tag) - tags.indexOf(other.operation.tag));
  const urls = [...new Set(ordered.map(({ url }) => url))];
  return Object.fromEntries(
    urls.map((url) => [templateOf(url), pathItem(ordered.filter((route) => route.url === url))]),
  );
}

/** `/hubs/:hubId` in the syntax of OpenAPI. */
function templateOf(url: string): string {
  return url.replaceAll(/:(\w+)/g, '{$1}');
}

function pathItem(routes: readonly DescribedRoute[]): JsonObject {
  const operations = routes.flatMap((route) =>
    route.methods.map((method) => [method.toLowerCase(), describe(method, route)] as const),
  );
  const [first] = routes;
  const named = routes.find(({ methods }) => methods.includes('GET')) ?? first;
  const path = first?.operation.path ?? [];
  return {
    ...(path.length > 0 && { parameters: path }),
    ...Object.fromEntries(operations),
    ...(named && { options: optionsOperation(named.operation, verbsOf(routes)) }),
  };
}

function verbsOf(routes: readonly DescribedRoute[]): readonly string[] {
  return [...routes.flatMap(({ methods }) => methods), 'OPTIONS'].sort();
}

function describe(method: string, { operation, declaration }: DescribedRoute): JsonObject {
  const access = declaration?.access === 'caller' ? callerAccess(declaration) : PUBLIC_ACCESS;
  const { id, tag, summary, description, parameters = [], body, responses, problems } = operation;
  const own = {
    ...{ operationId: id, tags: [tag], summary },
    description: [description, access.text].filter(Boolean).join('\n\n'),
    ...access.members,
    parameters: [...parameters, ...access.parameters],
  };
  if (method === 'HEAD') return headOperation(own, operation);
  return {
    ...own,
    ...(body && { requestBody: body }),
    responses: Object.fromEntries([...Object.entries(responses), ...problemResponsesOf(problems)]),
  };
}

const PUBLIC_ACCESS = { text: 'Needs no credentials.', members: { security: [] }, parameters: FOR_EVERYBODY };

/** The scope is in the description too, as Swagger UI does not show extensions. The security is that of the whole document. */
function callerAccess({ scope }: CallerRoute) {
  return {
    text: scope === 'any' ? 'Allowed for every caller.' : `Requires the scope \`${scope}\`.`,
    members: { 'x-scope': scope },
    parameters: FOR_CALLERS,
  };
}
