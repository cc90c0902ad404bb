import { gzipSync } from 'node:zlib';
import { isJsonObject, type JsonObject, parseJson } from '../json';
import { generalErrorResponse } from '../portal/portal-error';
import { emptyResponse, JSON_TYPE, jsonResponse, type SandboxResponse } from '../sandbox-http';
import type { FaultEffect } from './fault';

/** Size of the inflated gzip bomb in bytes. */
const BOMB_SIZE = 10 * 1024 * 1024;

/** Applies an effect to the regular response, which is undefined if the request was not executed. */
export function faultyResponse(effect: FaultEffect, regularResponse: SandboxResponse | undefined): SandboxResponse {
  const replaced = replacement(effect) ?? regularResponse ?? emptyResponse(200, JSON_TYPE);
  const patched = effect.patch ? patchBody(replaced, effect.patch) : replaced;
  const padded = effect.oversizedBytes === undefined ? patched : pad(patched, effect.oversizedBytes);
  return { ...padded, status: effect.status ?? padded.status, headers: { ...padded.headers, ...effect.headers } };
}

function replacement(effect: FaultEffect): SandboxResponse | undefined {
  const { redirect, nest, json, body, status } = effect;
  if (redirect !== undefined) return emptyResponse(302, { location: redirect });
  if (effect.garbage) {
    return okResponse('<!doctype html><title>Bad gateway</title><h1>It works!</h1>', { 'content-type': 'text/html' });
  }
  if (effect.gzipBomb)
    return okResponse(gzipSync(Buffer.alloc(BOMB_SIZE)), { ...JSON_TYPE, 'content-encoding': 'gzip' });
  if (nest !== undefined) return okResponse('['.repeat(nest) + ']'.repeat(nest));
  if (json !== undefined) return jsonResponse(200, json);
  if (body !== undefined) return okResponse(body);
  if (status !== undefined) return generalErrorResponse(status);
  return undefined;
}

function okResponse(body: string | Buffer, headers: SandboxResponse['headers'] = JSON_TYPE): SandboxResponse {
  return { status: 200, headers, body: Buffer.from(body) };
}

/** Merges shallowly into the object, or into each object of an array. Any other body is unchanged. */
function patchBody(response: SandboxResponse, patch: JsonObject): SandboxResponse {
  const merge = (value: unknown): unknown => (isJsonObject(value) ? { ...value, ...patch } : value);
  const body = parseJson(response.body.toString('utf8'));
  if (body === undefined) return response;
  return { ...response, body: Buffer.from(JSON.stringify(Array.isArray(body) ? body.map(merge) : merge(body))) };
}

/** Adds white space after the JSON, so that the response is too long but valid. */
function pad(response: SandboxResponse, length: number): SandboxResponse {
  const body = response.body.length > 0 ? response.body : Buffer.from('{}');
  return { ...response, body: Buffer.concat([body, Buffer.alloc(Math.max(0, length - body.length), ' ')]) };
}
