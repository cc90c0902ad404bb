/** The members of Swagger UI that the scripts of its page use; the package has no types of its own. */

/** A map or list of Immutable.js. */
interface Immutable {
  readonly size: number;
  get(name: string): unknown;
  toJS(): unknown;
}

export interface Parameter extends Immutable {
  get(name: 'in' | 'name' | 'value'): string | undefined;
  get(name: 'required'): boolean | undefined;
}

interface Parameters extends Immutable {
  filter(test: (parameter: Parameter) => boolean): Parameters;
  find(test: (parameter: Parameter) => boolean): Parameter | undefined;
  first(): Parameter | undefined;
}

/** A header with commas is a list. */
type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>;

/** The properties of all components that are wrapped; each has some of them. */
interface Props {
  readonly path: string;
  readonly code: string;
  readonly response: Immutable & { get(name: 'headers'): { toJS(): ResponseHeaders } | undefined };
  readonly headers: Immutable | undefined;
  readonly parameters: Parameters;
  readonly param: Parameter | undefined;
  readonly rawParam: Parameter;
}

/** Opaque: what React makes of a component. */
interface ReactNode {
  readonly type: unknown;
}

type Component = (props: Props) => ReactNode | null;

interface React {
  readonly Fragment: unknown;
  createElement(type: unknown, props: object | null, ...children: unknown[]): ReactNode;
  createContext<T>(value: T): { readonly Provider: unknown };
  useContext<T>(context: { readonly Provider: unknown }): T;
  useState<T>(value: T): [T, (value: T) => void];
}

export type PathMethod = readonly [path: string, method: string];

export interface SecurityScheme {
  readonly type: string;
}

interface DocumentedParameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly examples?: Readonly<Record<string, { readonly value: string }>>;
}

interface Operation {
  readonly tags: readonly string[];
  readonly operationId: string;
  readonly parameters?: readonly DocumentedParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly examples?: Examples }>> };
}

type Examples = Readonly<Record<string, { readonly 'x-parameters'?: Readonly<Record<string, string>> }>>;

interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly parameters?: Readonly<Record<string, DocumentedParameter>> };
}

export interface System {
  readonly React: React;
  getComponent(name: string, isContainer?: boolean): unknown;
  readonly authActions: {
    restoreAuthorization(payload: { readonly authorized: object }): void;
    showDefinitions(definitions: unknown): void;
  };
  readonly authSelectors: {
    authorized(): Immutable | undefined;
    definitionsToAuthorize(): unknown;
  };
  readonly layoutActions: { show(path: readonly string[], isShown: boolean): void };
  readonly specActions: {
    changeParam(pathMethod: PathMethod, name: string, location: string, value: string): void;
    changeParamByIdentity(pathMethod: PathMethod, parameter: Parameter, value: string): void;
  };
  readonly oas3Actions: {
    setRequestBodyValue(body: { readonly value: string; readonly pathMethod: PathMethod }): void;
  };
  readonly specSelectors: {
    securityDefinitions(): Immutable | undefined;
    specJson(): { toJS(): OpenApiDocument };
    /** For the path of the parameters of an operation. */
    specJsonWithResolvedSubtrees(): { getIn(path: readonly string[]): Parameters | undefined };
    /** By location and name, such as `path.hubId`. */
    parameterValues(pathMethod: PathMethod): { toJS(): Readonly<Record<string, string | undefined>> };
  };
}

/** What was chosen in the list of examples of an operation. */
export interface ChosenExample {
  readonly name: string;
  readonly pathMethod: PathMethod;
  readonly contextType: string;
}

type Wrapped<T> = (original: (payload: T) => unknown, system: System) => (payload: T) => unknown;

export type Plugin = (system: System) => {
  readonly wrapComponents?: Readonly<Record<string, (original: Component, system: System) => Component>>;
  readonly statePlugins?: {
    readonly auth?: { readonly wrapActions: Readonly<Record<string, Wrapped<unknown>>> };
    readonly oas3?: { readonly wrapActions: { readonly setActiveExamplesMember: Wrapped<ChosenExample> } };
  };
};

/** A request before it is sent. */
export interface OutgoingRequest {
  readonly loadSpec?: boolean;
  readonly headers: Record<string, string>;
}

/** The global of `swagger-ui-bundle.js`. */
export interface SwaggerUIBundle {
  (options: object): System;
  readonly presets: { readonly apis: unknown };
}
