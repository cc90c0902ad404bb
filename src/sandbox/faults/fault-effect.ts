import type { OutgoingHttpHeaders } from 'node:http';
import type { JsonObject } from '../json';

/** What a fault does. Effects combine; the README of the sandbox describes them. */
export interface FaultEffect {
  /** Executes the request although the response is replaced. */
  readonly apply: boolean;

  // In place of the regular response:
  readonly status?: number;
  readonly body?: string;
  readonly json?: unknown;
  readonly garbage: boolean;
  readonly gzipBomb: boolean;
  /** Depth of nested arrays. */
  readonly nest?: number;
  readonly redirect?: string;

  // Changes to the response:
  /** A list is sent as several headers of the same name. */
  readonly headers?: OutgoingHttpHeaders;
  readonly patch?: JsonObject;
  readonly oversizedBytes?: number;

  // Changes to its delivery:
  readonly delayMs: number;
  readonly reset: boolean;
  readonly hang: boolean;
  readonly truncate: boolean;
  readonly dripMs: number;
}

/** Whether the regular response is replaced, so that a mutation is executed with `apply` only. */
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
