export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>;

/** An HTTP response before it is sent. */
export interface SandboxResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: Buffer;
}

export function jsonResponse(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): SandboxResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

export function emptyResponse(status: number, headers: Readonly<Record<string, string>> = {}): SandboxResponse {
  return { status, headers, body: Buffer.alloc(0) };
}
