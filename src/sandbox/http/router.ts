import type { SandboxRequest } from './sandbox-request';

/** Values of the `:name` segments of a route's path. */
export type PathParameters = Readonly<Record<string, string>>;

/** `path` is a template such as `/hubs/:hubId`; the first route that matches is used. */
export interface Route<Context, Result> {
  readonly method: string;
  readonly path: string;
  readonly handle: (context: Context, parameters: PathParameters) => Result;
}

/** A route with its parameters, or the allowed methods of a known path. */
type Match<Context, Result> =
  | { readonly route: Route<Context, Result>; readonly parameters: PathParameters }
  | { readonly allow: readonly string[] }
  | undefined;

export function matchRoute<Context, Result>(
  routes: readonly Route<Context, Result>[],
  { method, path }: Pick<SandboxRequest, 'method' | 'path'>,
): Match<Context, Result> {
  const allow: string[] = [];
  for (const route of routes) {
    const parameters = matchPath(route.path, path);
    if (!parameters) continue;
    if (route.method === method) return { route, parameters };
    allow.push(route.method);
  }
  return allow.length > 0 ? { allow: [...new Set(allow)] } : undefined;
}

function matchPath(template: string, path: string): PathParameters | undefined {
  const expected = template.split('/');
  const actual = path.split('/');
  if (expected.length !== actual.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of expected.entries()) {
    const value = actual[index] ?? '';
    if (segment.startsWith(':') && value !== '') parameters[segment.slice(1)] = value;
    else if (segment !== value) return undefined;
  }
  return parameters;
}
