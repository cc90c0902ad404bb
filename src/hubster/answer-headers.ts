/** Header values by lower-case name, in the order they came. */
export type AnswerHeaders = ReadonlyMap<string, readonly string[]>;

export function answerHeaders(headers: object): AnswerHeaders {
  return new Map(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.map(String) : [`${value}`],
    ]),
  );
}

/** The value of a header that came once. */
export function onlyValue(headers: AnswerHeaders, name: string): string | undefined {
  const values = headers.get(name);
  return values?.length === 1 ? values[0] : undefined;
}
