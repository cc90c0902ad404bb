/**
 * The key of a resource: its kind and all parameters. Each parameter is preceded by its length, so that two
 * resources never share a key. The tenant is not part of it: stores separate tenants themselves.
 */
export function resourceKey(kind: string, ...parameters: readonly string[]): string {
  let key = kind;
  for (const parameter of parameters) key += ` ${parameter.length}:${parameter}`;
  return key;
}
