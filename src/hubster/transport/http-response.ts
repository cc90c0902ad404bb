/** Header values by lower-case name; a list for a repeated header. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A response as it was received. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** Undefined if it was larger than allowed, and so not read to its end. */
  readonly body: Buffer | undefined;
}

/** The value of a header; undefined if it is missing or repeated. */
export function onlyValue(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** All values of a header, in their order; undefined if it is missing. */
export function valuesOf(headers: ResponseHeaders, name: string): readonly string[] | undefined {
  const value = headers[name];
  return typeof value === 'string' ? [value] : value;
}
