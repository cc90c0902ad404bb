import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxResponse } from './sandbox-response';

/** How a response is sent: complete, or with a simulated network failure. */
export interface Delivery {
  readonly hang?: boolean;
  readonly reset?: boolean;
  readonly truncate?: boolean;
  /** Milliseconds before each byte of the body. */
  readonly dripMs?: number;
}

/** Sends the response. `signal` ends a drip when the sandbox stops. */
export async function deliver(
  target: ServerResponse,
  { status, headers, body }: SandboxResponse,
  { hang, reset, truncate, dripMs = 0 }: Delivery,
  signal: AbortSignal,
): Promise<void> {
  if (hang) return;
  if (reset) {
    target.socket?.resetAndDestroy();
    return;
  }
  target.writeHead(status, {
    ...headers,
    ...(hasBody(status) && { 'content-length': declaredLength(body, truncate) }),
  });
  if (truncate) target.write(body.subarray(0, Math.floor(body.length / 2)), () => target.socket?.destroy());
  else if (dripMs > 0) await drip(target, body, dripMs, signal);
  else target.end(hasBody(status) ? body : undefined);
}

async function drip(response: ServerResponse, body: Buffer, dripMs: number, signal: AbortSignal): Promise<void> {
  response.flushHeaders();
  for (let index = 0; index < body.length && !response.destroyed; index += 1) {
    await sleep(dripMs, undefined, { signal });
    response.write(body.subarray(index, index + 1));
  }
  response.end();
}

/** An empty body cannot be truncated, so one byte is declared that is never sent. */
function declaredLength(body: Buffer, truncate = false): number {
  return truncate ? Math.max(1, body.length) : body.length;
}

function hasBody(status: number): boolean {
  return status !== 204 && status !== 304;
}
