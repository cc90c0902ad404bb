import type { JsonObject } from '../../json/json-value';
import type { ProblemGroupName } from './problem-groups';

/** The tags of operations, in the order of the document. */
export const TAGS = {
  integrations: 'Create, read, update and delete integrations. Secrets are masked in every response.',
  channels: 'What each channel takes in its configuration.',
  webhooks: 'Check webhooks of Hubster without knowing a private key.',
  caller: 'Who the caller is, and what it may do.',
  audit: 'The audit trail of the tenant.',
  cache: 'The response cache of the tenant.',
  problems: 'Every error that a response can have.',
  operations: 'For the platform that runs Stagedoor: health, metrics, and this document.',
  http: 'HEAD and OPTIONS of every path. HEAD is GET without the body.',
} as const;

type Tag = Exclude<keyof typeof TAGS, 'http'>;

/** All that the document says about a route and that the route does not show: it has path, verb, scope and access itself. */
export interface Operation {
  /** `operationId`: a name in camel case; that of a GET begins with `get` or `list`. */
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** Parameters of the path: equal for all operations of a path. */
  readonly path?: readonly JsonObject[];
  /** Parameters of the query, and headers that only some routes read. */
  readonly parameters?: readonly JsonObject[];
  readonly body?: JsonObject;
  /** By status: every response that is no problem. */
  readonly responses: Readonly<Record<number, JsonObject>>;
  readonly problems: readonly ProblemGroupName[];
}

type Section = 'schemas' | 'responses' | 'parameters' | 'headers' | 'examples';

/** A reference to a component. */
export function ref(section: Section, name: string): { readonly $ref: string } {
  return { $ref: `#/components/${section}/${name}` };
}

/** The header components with these names. */
export function headers(...names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, ref('headers', name)]));
}

/** A body of JSON with a schema of the document. */
export function json(schema: string, example?: JsonObject): JsonObject {
  return { 'application/json': { schema: ref('schemas', schema), ...example } };
}
