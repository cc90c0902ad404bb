import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/**
 * Adds a text to error bodies of a sandbox: to each description, and under names that Hubster and Identity use for texts. A server may
 * quote anything there, so the service must not pass any of it on. Bodies other than JSON objects are not changed.
 */
export function addTextToErrors(response: ServerResponse, added: string): void {
  const { writeHead, end } = response;
  Reflect.set(response, 'writeHead', (status: number, headers: OutgoingHttpHeaders): ServerResponse => {
    if (status < 400) return Reflect.apply(writeHead, response, [status, headers]);
    Reflect.set(response, 'end', (body?: Buffer) => Reflect.apply(end, response, [body && withText(body, added)]));
    // The length has changed; without the header the body is sent in chunks.
    const others = Object.entries(headers).filter(([name]) => name !== 'content-length');
    return Reflect.apply(writeHead, response, [status, Object.fromEntries(others)]);
  });
}

function withText(body: Buffer, added: string): Buffer {
  const error = objectOf(body.toString());
  if (!error) return body;
  const { errors = [] } = error;
  const changed = Array.isArray(errors) ? errors.map((one) => withLongerDescription(one, added)) : errors;
  return Buffer.from(JSON.stringify({ ...error, errors: changed, trackingId: added, error_description: added }));
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `Hub not found. (code: PRT000699)` becomes `Hub not found. … (code: PRT000699)`. */
const withLongerDescription = (error: unknown, added: string): unknown =>
  isObject(error) && typeof error['description'] === 'string'
    ? { ...error, description: error['description'].replace(/(?= \(code|$)/, ` ${added}`) }
    : error;
