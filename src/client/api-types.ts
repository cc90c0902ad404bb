import type { components, paths } from './openapi.generated.ts';

/** The schemas of docs/openapi.yaml by their names. */
export type Schemas = components['schemas'];

export type Verb = 'get' | 'post' | 'patch' | 'delete';

/** The paths of the document that have this verb. */
export type PathWith<V extends Verb> = {
  [P in keyof paths]: paths[P][V] extends OperationType ? P : never;
}[keyof paths];

interface OperationType {
  parameters: { path?: unknown; query?: unknown; header?: unknown };
  responses: object;
}

export type OperationOf<P extends keyof paths, V extends Verb> = paths[P][V] extends OperationType
  ? paths[P][V]
  : never;

/** What an operation takes: only parameters and bodies that the document has. */
export interface Input<O extends OperationType> {
  readonly path?: O['parameters']['path'];
  readonly query?: O['parameters']['query'];
  readonly header?: O['parameters']['header'];
  readonly json?: JsonOf<RequestOf<O>>;
  /** The bytes of a body that is not JSON. */
  readonly bytes?: string | Uint8Array<ArrayBuffer>;
}

/** The body of a 200, or undefined where the document has none. */
export type Output<O extends OperationType> = O['responses'] extends { 200: infer Response }
  ? JsonOf<Response>
  : undefined;

export type QueryOf<P extends keyof paths, V extends Verb> = NonNullable<OperationOf<P, V>['parameters']['query']>;

export type PathParametersOf<P extends keyof paths, V extends Verb> = NonNullable<
  OperationOf<P, V>['parameters']['path']
>;

export type BodyOf<P extends keyof paths, V extends Verb> = JsonOf<RequestOf<OperationOf<P, V>>>;

type RequestOf<O> = O extends { requestBody?: infer Body } ? NonNullable<Body> : never;

type JsonOf<T> = T extends { content: { 'application/json': infer Body } } ? Body : undefined;
