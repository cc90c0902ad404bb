/** The members of Swagger UI that the scripts of its page use; the package has no types of its own. */

/** A map or list of Immutable.js. */
export interface Immutable {
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
  first(): Parameter | undefined;
}

/** The properties of all components that are wrapped; each has some of them. */
export interface Props {
  readonly code: string;
  readonly response: Immutable & { get(name: 'headers'): { toJS(): Readonly<Record<string, string>> } | undefined };
  readonly headers: Immutable | undefined;
  readonly parameters: Parameters;
  readonly param: Parameter | undefined;
  readonly rawParam: Parameter;
}

/** Opaque: what React makes of a component. */
export interface ReactNode {
  readonly type: unknown;
}

export type Component = (props: Props) => ReactNode | null;

interface React {
  readonly Fragment: unknown;
  createElement(type: unknown, props: object | null, ...children: unknown[]): ReactNode;
  createContext<T>(value: T): { readonly Provider: unknown };
  useContext<T>(context: { readonly Provider: unknown }): T;
  useState<T>(value: T): [T, (value: T) => void];
}

export interface SecurityScheme {
  readonly type: string;
}

export interface Operation {
  readonly tags: readonly string[];
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly examples?: Examples }>> };
}

export type Examples = Readonly<Record<string, { readonly 'x-parameters'?: Readonly<Record<string, string>> }>>;

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
    changeParam(pathMethod: readonly string[], name: string, location: string, value: string): void;
  };
  readonly specSelectors: {
    securityDefinitions(): Immutable | undefined;
    /** For the path of an operation in the document. */
    specJson(): { getIn(path: readonly string[]): { toJS(): Operation } | undefined };
  };
}

/** What was chosen in the list of examples of an operation. */
export interface ChosenExample {
  readonly name: string;
  readonly pathMethod: readonly [path: string, method: string];
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
