/**
 * The key of a question: what is asked for and every parameter of it. JSON keeps the parts apart, so that no two
 * questions share a key, whatever the parts hold. The tenant is no part of it; every store keeps tenants apart itself.
 */
export function cacheKey(question: string, ...parameters: readonly (string | number)[]): string {
  return JSON.stringify([question, ...parameters]);
}
