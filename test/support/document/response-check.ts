import { type DocumentedApi, escaped, type PathItem, type Place } from './documented-api';
import { HEADERS_BESIDE_THE_API, PATHS_BESIDE_THE_API, STATUSES_BEFORE_ROUTING } from './exemptions';
import type { HeaderObject, MediaType, ResponseObject, Schema } from './openapi-document';
import type { ReceivedResponse } from './response-reader';

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
}

/** A response, and the request that it responds to; none if the server could not read one. */
export interface ObservedResponse extends ReceivedResponse {
  readonly request?: ReceivedRequest;
}

const PROBLEM = '/components/schemas/Problem';
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json$/;
const LINES_TYPE = 'application/x-ndjson';

/** Finds what a response has that the document does not, or the other way round. */
export class ResponseCheck {
  constructor(private readonly api: DocumentedApi) {}

  /** Route, status and what differs, without values of the response. */
  differences(observed: ObservedResponse): readonly string[] {
    const { request, status } = observed;
    if (!request) return named('(unreadable request)', status, this.#beforeRouting(observed));
    const { method, target } = request;
    const path = this.api.pathOf(target);
    if (!path) {
      if (PATHS_BESIDE_THE_API.some(({ pattern }) => pattern.test(target.split('?')[0] ?? ''))) return [];
      return named(`${method} (undocumented path)`, status, this.#beforeRouting(observed));
    }
    const route = `${method} ${path.template}`;
    const operation = path.operations.get(method);
    if (!operation) return named(route, status, this.#otherVerb(observed, path));
    const documented = this.#responseFor(operation.pointer, status);
    if (documented) return named(route, status, this.#response(observed, documented));
    if (!(status in STATUSES_BEFORE_ROUTING) || status === 404)
      return named(route, status, ['the status is not documented']);
    return named(route, status, this.#beforeRouting(observed));
  }

  #responseFor(operation: string, status: number): Place<ResponseObject> | undefined {
    const keys = [String(status), `${String(status)[0]}XX`, 'default'];
    const [found] = keys.flatMap((key) => this.api.resolve<ResponseObject>(`${operation}/responses/${key}`) ?? []);
    return found;
  }

  /** A verb that the document does not have for a path: 405 as OPTIONS documents it, with the verbs that it has. */
  #otherVerb(observed: ObservedResponse, { operations }: PathItem): readonly string[] {
    if (observed.status in STATUSES_BEFORE_ROUTING && observed.status !== 404) return this.#beforeRouting(observed);
    const documented = this.#responseFor(`${operations.get('OPTIONS')?.pointer}`, observed.status);
    if (observed.status !== 405 || !documented) return ['the verb is not documented'];
    const allowed = headerOf(observed, 'allow')?.split(', ').sort().join(', ');
    const verbs = [...operations.keys()].sort().join(', ');
    const differences = this.#response(observed, documented);
    return allowed === verbs
      ? differences
      : [`\`Allow\` is "${allowed}", and the document has "${verbs}"`, ...differences];
  }

  #beforeRouting(observed: ObservedResponse): readonly string[] {
    if (!(observed.status in STATUSES_BEFORE_ROUTING)) return ['the status is not documented'];
    return this.#problem(observed);
  }

  /** A problem of no operation. */
  #problem(observed: ObservedResponse): readonly string[] {
    if (observed.request?.method === 'HEAD') return [];
    const type = mediaTypeOf(observed);
    if (type !== 'application/problem+json') return [`the media type ${type} is not that of problems`];
    return this.#content(observed, type, PROBLEM);
  }

  #response(observed: ObservedResponse, { pointer, value }: Place<ResponseObject>): readonly string[] {
    const headers = this.#headers(observed, pointer);
    const type = mediaTypeOf(observed);
    const contents = Object.keys(value.content ?? {});
    const isEmpty = observed.body.length === 0;
    if (isEmpty && (contents.length === 0 || observed.request?.method === 'HEAD' || type === undefined)) {
      return [
        ...headers,
        ...(contents.length === 0 || observed.request?.method === 'HEAD' ? [] : ['the body is missing']),
      ];
    }
    const content = contents.find((range) => matches(range, type));
    if (content === undefined) return [...headers, `the media type ${type} is not documented`];
    const place = `${pointer}/content/${escaped(content)}`;
    const hasSchema = this.api.resolve<MediaType>(place)?.value.schema !== undefined;
    return [
      ...headers,
      ...(hasSchema ? this.#content(observed, type ?? '', `${place}/schema`) : ['no schema is documented']),
    ];
  }

  #headers(observed: ObservedResponse, response: string): readonly string[] {
    const documented = new Map(
      this.api.entries<HeaderObject>(`${response}/headers`).map(([name, place]) => [name.toLowerCase(), place]),
    );
    const sent = new Map(observed.headers);
    const missing = [...documented].filter(([name, { value }]) => value.required && !sent.has(name));
    const differences = [...sent].flatMap(([name, text]) => {
      const place = documented.get(name);
      if (!place) return name in HEADERS_BESIDE_THE_API ? [] : [`the header ${name} is not documented`];
      if (!place.value.schema) return [];
      const value = typedValue(text, place.value.schema);
      const violations = this.api.responses.violations(`${place.pointer}/schema`, value);
      return violations.map((violation) => `header ${name}: ${violation}`);
    });
    return [...missing.map(([name]) => `the header ${name} is missing`), ...differences];
  }

  #content({ body }: ObservedResponse, type: string, schema: string): readonly string[] {
    // With PUBLIC_URL the types of problems are absolute, and so they are in the document of that service.
    const text = body.toString().replace(/"type":"https?:[^"\s]*(?=\/problems\/)/, '"type":"');
    const { responses } = this.api;
    const ofJson = (json: string, pointer: string): readonly string[] => {
      const value = parsed(json);
      return value === undefined ? ['it is not JSON'] : responses.violations(pointer, value);
    };
    if (JSON_TYPE.test(type)) return inBody(ofJson(text, schema));
    const violations = responses.violations(schema, text);
    if (type !== LINES_TYPE) return inBody(violations);
    const ofLine = `${this.api.resolve(schema)?.pointer}/x-line-schema`;
    const ofLines = text
      .split('\n')
      .filter(Boolean)
      .flatMap((line) => ofJson(line, ofLine));
    return inBody([...new Set([...violations, ...ofLines])]);
  }
}

const inBody = (violations: readonly string[]): readonly string[] => violations.map((text) => `body: ${text}`);

const named = (route: string, status: number, differences: readonly string[]): readonly string[] =>
  differences.map((difference) => `${route} ${status}: ${difference}`);

const headerOf = ({ headers }: ObservedResponse, name: string): string | undefined =>
  headers.find(([known]) => known === name)?.[1];

const mediaTypeOf = (observed: ObservedResponse): string | undefined =>
  headerOf(observed, 'content-type')?.split(';')[0]?.trim().toLowerCase();

function matches(range: string, type = ''): boolean {
  const [, prefix] = /^(.*\/|)\*/.exec(range) ?? [];
  return prefix === undefined ? range.split(';')[0] === type : type.startsWith(prefix === '*/' ? '' : prefix);
}

/** The value of a header, as the type in its schema. */
function typedValue(text: string, { type }: Schema): unknown {
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  return type === 'array' ? text.split(/\s*,\s*/) : text;
}

/** Undefined for a text that is not JSON. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
