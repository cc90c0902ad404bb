import type { ResponseHeaders } from '../http/sandbox-response';
import type { JsonObject } from '../json';

/** What a fault does. Effects combine; `README.md` of the room is their reference. */
export interface FaultEffect {
  /** Carry the request out, although another answer is given. */
  readonly apply: boolean;

  // In place of the true answer:
  readonly status?: number;
  readonly body?: string;
  readonly json?: unknown;
  readonly garbage: boolean;
  readonly gzipBomb: boolean;
  /** Depth of nested arrays. */
  readonly nest?: number;
  readonly redirect?: string;

  // Changes to the answer:
  /** A list of values is a header that comes several times. */
  readonly headers?: ResponseHeaders;
  readonly patch?: JsonObject;
  readonly oversizedBytes?: number;

  // How the answer is given, or not:
  readonly delayMs: number;
  readonly reset: boolean;
  readonly hang: boolean;
  readonly truncate: boolean;
  readonly dripMs: number;
}

/** Whether the client gets something other than the true answer, so that the request is only carried out with `apply`. */
export function replacesResponse(effect: FaultEffect): boolean {
  const { status, body, json, nest, redirect, oversizedBytes } = effect;
  const replacements = [status, body, json, nest, redirect, oversizedBytes];
  return (
    effect.garbage ||
    effect.gzipBomb ||
    effect.reset ||
    effect.hang ||
    replacements.some((value) => value !== undefined)
  );
}
