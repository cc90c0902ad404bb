/**
 * The key of a question: what is asked for and every parameter of it. Each part says how long it is, so that no two
 * questions share a key, whatever the parts hold. The tenant is no part of it; every store keeps tenants apart itself.
 */
export function resourceKey(question: string, ...parameters: readonly string[]): string {
  let key = question;
  for (const parameter of parameters) key += ` ${parameter.length}:${parameter}`;
  return key;
}
