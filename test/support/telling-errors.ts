import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/**
 * Lets the errors of a sandbox tell more: `words` stand in each text of an error body, and under names that Hubster and Identity have
 * for texts. A server may quote anything there, so none of it may go further. Bodies that are no JSON objects stay as they are.
 */
export function letErrorsTell(response: ServerResponse, words: string): void {
  const { writeHead, end } = response;
  Reflect.set(response, 'writeHead', (status: number, headers: OutgoingHttpHeaders): ServerResponse => {
    if (status < 400) return Reflect.apply(writeHead, response, [status, headers]);
    Reflect.set(response, 'end', (body?: Buffer) => Reflect.apply(end, response, [body && telling(body, words)]));
    // The length is another now; without one the body goes out in chunks.
    const others = Object.entries(headers).filter(([name]) => name !== 'content-length');
    return Reflect.apply(writeHead, response, [status, Object.fromEntries(others)]);
  });
}

function telling(body: Buffer, words: string): Buffer {
  const error = objectOf(body.toString());
  if (!error) return body;
  const { errors = [] } = error;
  const told = Array.isArray(errors) ? errors.map((one) => withWords(one, words)) : errors;
  return Buffer.from(JSON.stringify({ ...error, errors: told, trackingId: words, error_description: words }));
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
const withWords = (error: unknown, words: string): unknown =>
  isObject(error) && typeof error['description'] === 'string'
    ? { ...error, description: error['description'].replace(/(?= \(code|$)/, ` ${words}`) }
    : error;
