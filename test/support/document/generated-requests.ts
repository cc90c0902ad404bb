import fc, { type Arbitrary } from 'fast-check';
import { type DocumentedApi, escaped, isRecord, type Place } from './documented-api';
import type { MediaType, OperationObject, ParameterObject } from './openapi-document';
import { type KnownValues, SchemaValues } from './schema-values';

/** A request that was made for an operation of the document. */
export interface GeneratedRequest {
  readonly operation: string;
  readonly method: string;
  readonly target: string;
  readonly template: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The text of the body. */
  readonly body?: string;
  /** What was changed in a valid request. */
  readonly change: string;
  /** Why the document forbids it; empty if it accepts it. */
  readonly forbidden: readonly string[];
}

/** The values of a request, before they are written into it. */
interface Parts {
  readonly method: string;
  readonly parameters: readonly (readonly [ParameterObject, unknown])[];
  readonly body: unknown;
  readonly type: string | undefined;
}

interface Change {
  readonly name: string;
  readonly apply: (parts: Parts) => Parts & { readonly text?: string; readonly query?: string };
  /** Says that the document forbids the result, where no schema says it. */
  readonly forbids?: string;
}

/** Wrong values that may be written to a secret as well as to a name: a watch for secrets does not look for them. */
export const WRONG_TEXTS = ['not this', 'x'.repeat(5000)];
const WRONG = [null, true, -1, ...WRONG_TEXTS, [], {}, [[]], 1e20, 3001.5, ''];
/** As the introduction of the document says. */
export const UNKNOWN_QUERY = 'unknown query parameters are rejected';
const VERBS = ['PUT', 'POST', 'PATCH', 'DELETE', 'GET', 'TRACE', 'PROPFIND'];

/** Valid and broken requests for every operation of the document. */
export function generatedRequests(api: DocumentedApi, known: KnownValues): Arbitrary<GeneratedRequest> {
  const values = new SchemaValues(api, known);
  const operations = api.paths.flatMap(({ template, operations: byVerb }) =>
    [...byVerb].map(([method, place]) => ({ template, method, place })),
  );
  return fc.oneof(...operations.map((operation) => requestsTo(api, values, operation)));
}

function requestsTo(
  api: DocumentedApi,
  values: SchemaValues,
  { template, method, place }: { template: string; method: string; place: Place<OperationObject> },
): Arbitrary<GeneratedRequest> {
  const ofPath = api.entries<ParameterObject>(`/paths/${escaped(template)}/parameters`);
  const own = api.entries<ParameterObject>(`${place.pointer}/parameters`);
  const parameters = [...ofPath, ...own].map(([, parameter]) => parameter);
  const contents = api.resolve<Record<string, MediaType>>(`${place.pointer}/requestBody/content`);
  const types = Object.keys(contents?.value ?? {});
  const schemaPointer = (type: string) => `${contents?.pointer}/${escaped(type)}/schema`;
  const value = (parameter: Place<ParameterObject>) =>
    values.of(parameter.value.schema ?? {}).filter((one) => api.requests.accepts(`${parameter.pointer}/schema`, one));
  const given = fc.tuple(
    ...parameters.map((parameter) => {
      const made = value(parameter).map((one) => [[parameter.value, one] as const]);
      return parameter.value.required ? made : fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, made);
    }),
  );
  const type = types.length > 0 ? fc.constantFrom(...types) : fc.constant(undefined);
  const parts = type.chain((chosen) =>
    fc.record<Parts>({
      method: fc.constant(method),
      parameters: given.map((lists) => lists.flat()),
      body:
        chosen === undefined
          ? fc.constant(undefined)
          : values
              .of({ $ref: `#${schemaPointer(chosen)}` })
              .filter((one) => api.requests.accepts(schemaPointer(chosen), one)),
      type: fc.constant(chosen),
    }),
  );
  const pointers = new Map(parameters.map((parameter) => [parameter.value, parameter.pointer]));
  return fc
    .tuple(
      parts,
      changes(
        parameters.map((parameter) => parameter.value),
        types.some((one) => one !== '*/*'),
        [...(api.pathOf(template)?.operations.keys() ?? [])],
      ),
    )
    .map(([valid, change]) => {
      const made = change.apply(valid);
      const forbidden = [
        ...(change.forbids === undefined ? [] : [change.forbids]),
        ...made.parameters.flatMap(([parameter, one]) =>
          api.requests
            .violations(`${pointers.get(parameter)}/schema`, one)
            .map((text) => `${parameter.in} ${parameter.name}: ${text}`),
        ),
        ...(made.type === undefined || made.text !== undefined || made.type === '*/*' || !types.includes(made.type)
          ? []
          : api.requests.violations(schemaPointer(made.type), made.body).map((text) => `body: ${text}`)),
      ];
      return written(
        { template, operation: place.value.operationId ?? template, change: change.name, forbidden },
        made,
      );
    });
}

/** Nothing, or one change that usually makes a request invalid. */
function changes(
  parameters: readonly ParameterObject[],
  hasBody: boolean,
  verbs: readonly string[],
): Arbitrary<Change> {
  const wrong = fc.constantFrom(...WRONG);
  const none = fc.constant<Change>({ name: 'none', apply: (parts) => parts });
  const query = fc.constant<Change>({
    name: 'an unknown query parameter',
    apply: (parts) => ({ ...parts, query: 'unknownParameter=1' }),
    forbids: UNKNOWN_QUERY,
  });
  const verb = fc.constantFrom(...VERBS.filter((one) => !verbs.includes(one))).map<Change>((method) => ({
    name: `the verb ${method}`,
    apply: (parts) => ({ ...parts, method }),
    forbids: 'the verb is not documented',
  }));
  const parameter = parameters.map((changed) =>
    wrong.map<Change>((bad) => ({
      name: `a wrong ${changed.name}`,
      apply: (parts) => ({
        ...parts,
        parameters: [...parts.parameters.filter(([known]) => known !== changed), [changed, inHeader(changed, bad)]],
      }),
    })),
  );
  const always = [{ weight: 4, arbitrary: none }, query, verb, ...parameter];
  if (!hasBody) return fc.oneof(...always);
  const body = fc.tuple(fc.nat(), fc.constantFrom('remove', 'replace', 'add'), wrong).map<Change>(([at, how, bad]) => ({
    name: `${how} in the body`,
    apply: (parts) => ({ ...parts, body: changedAt(parts.body, at, how, bad) }),
  }));
  const broken = fc.constantFrom('{', '', '[]', 'null', '"text"', '{"a":1,}', '{"a":1}{}').map<Change>((text) => ({
    name: 'a body that is no JSON object',
    apply: (parts) => ({ ...parts, text }),
    forbids: 'the body is no JSON object',
  }));
  const media = fc
    .constantFrom('text/plain', 'application/xml', 'application/json; charset=latin1')
    .map<Change>((type) => ({
      name: `the media type ${type}`,
      apply: (parts) => ({ ...parts, type }),
      forbids: 'the media type is not documented',
    }));
  return fc.oneof(...always, { weight: 4, arbitrary: body }, broken, media);
}

const inHeader = ({ in: place }: ParameterObject, bad: unknown): unknown => {
  const text = typeof bad === 'object' ? JSON.stringify(bad) : String(bad);
  return place === 'header' ? text.slice(0, 400) : text;
};

/** Changes one member of a body: of all its members, at any depth, the one with this number. */
function changedAt(body: unknown, at: number, how: string, bad: unknown): unknown {
  const copy: unknown = structuredClone(body);
  const members = membersIn(copy);
  const chosen = members[at % Math.max(1, members.length)];
  if (!chosen) return bad;
  const [parent, key] = chosen;
  if (how === 'replace') Reflect.set(parent, key, bad);
  else if (how === 'add') Reflect.set(parent, Array.isArray(parent) ? parent.length : 'unknownMember', bad);
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
  return copy;
}

function membersIn(value: unknown): readonly (readonly [parent: object, key: string])[] {
  if (!isRecord(value) && !Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => [[value, key] as const, ...membersIn(member)]);
}

function written(
  about: Pick<GeneratedRequest, 'template' | 'operation' | 'change' | 'forbidden'>,
  { method, parameters, body, type, text, query }: ReturnType<Change['apply']>,
): GeneratedRequest {
  const of = (place: ParameterObject['in']) => parameters.filter(([parameter]) => parameter.in === place);
  const path = of('path').reduce(
    (made, [{ name }, value]) => made.replace(`{${name}}`, () => encodeURIComponent(String(value))),
    about.template,
  );
  const search = [
    ...of('query').map(([{ name }, value]) => `${name}=${encodeURIComponent(String(value))}`),
    ...(query ? [query] : []),
  ];
  const content = text ?? (typeof body === 'string' || body === undefined ? body : JSON.stringify(body));
  return {
    ...about,
    method,
    target: path + (search.length > 0 ? `?${search.join('&')}` : ''),
    headers: {
      ...Object.fromEntries(of('header').map(([{ name }, value]) => [name.toLowerCase(), String(value)])),
      ...(content !== undefined && { 'content-type': type === '*/*' ? 'application/octet-stream' : String(type) }),
    },
    ...(content !== undefined && { body: content }),
  };
}
