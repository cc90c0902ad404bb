/** Header values by lower-case name; a list where one came more than once. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An answer as it came over the wire. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** Undefined: larger than allowed, and not read to its end. */
  readonly body: Buffer | undefined;
}

/** The value of a header that came once. */
export function onlyValue(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** All values of a header, in the order they came; none where it did not come. */
export function valuesOf(headers: ResponseHeaders, name: string): readonly string[] | undefined {
  const value = headers[name];
  return typeof value === 'string' ? [value] : value;
}
