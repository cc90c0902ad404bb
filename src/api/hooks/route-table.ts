import type { RouteOptions } from 'fastify';
import type { RouteDeclaration } from '../routes/route-declaration';

/** A route as it was registered. */
export interface Route {
  readonly url: string;
  readonly methods: readonly string[];
  readonly declaration: RouteDeclaration | undefined;
}

/** All routes, to distinguish an unknown path (404) from a known one without the verb (405). */
export class RouteTable {
  readonly #routes: { readonly options: RouteOptions; readonly pattern: RegExp }[] = [];

  add(options: RouteOptions): void {
    this.#routes.push({ options, pattern: patternOf(options.url) });
  }

  /** Computed when read: a plugin may declare a route after it was added. */
  get routes(): readonly Route[] {
    return this.#routes.map(({ options }) => ({
      url: options.url,
      methods: [options.method].flat(),
      declaration: options.config?.declaration,
    }));
  }

  /** The verbs of a path, for `Allow`; empty for an unknown path. */
  methodsOf(path: string): readonly string[] {
    const methods = this.#routes
      .filter(({ pattern }) => pattern.test(path))
      .flatMap(({ options }) => [options.method].flat());
    return methods.length === 0 ? [] : [...new Set([...methods, 'OPTIONS'])].sort();
  }
}

/** Matches the same paths as the router, which allows an empty parameter but no further slash at the end. */
function patternOf(url: string): RegExp {
  const segments = url.split('/').map((segment) => {
    if (segment.startsWith(':')) return '[^/]*';
    return segment === '*' ? '.*' : segment.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${segments.join('/')}$`);
}
