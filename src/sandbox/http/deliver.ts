import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxResponse } from './sandbox-response';

/** How an answer goes out: whole, or in one of the ways in which networks fail. */
export interface Delivery {
  readonly hang?: boolean;
  readonly reset?: boolean;
  readonly truncate?: boolean;
  /** Milliseconds before each byte of the body. */
  readonly dripMs?: number;
}

/** Puts the answer on the wire. `signal` ends a drip when the sandbox stops. */
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

/** An empty body cannot be cut in half, but can be promised a byte that never comes. */
function declaredLength(body: Buffer, truncate = false): number {
  return truncate ? Math.max(1, body.length) : body.length;
}

function hasBody(status: number): boolean {
  return status !== 204 && status !== 304;
}
