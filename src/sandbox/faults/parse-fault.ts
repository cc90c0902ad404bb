import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { Fields } from '../control/fields';
import type { Fault, FaultMatch } from './fault';
import type { FaultEffect } from './fault-effect';
import { seededRandom } from './seeded-random';

const MILLISECONDS = { from: 0, to: 600_000, whole: true };

/** Reads a fault script. Throws `BadFields`. */
export function parseFault(value: unknown): Fault {
  const fields = new Fields(value, 'fault');
  const seed = fields.optional('seed', (name) => fields.number(name, { from: 0, to: 2 ** 32 - 1, whole: true }));
  const fault = {
    id: randomUUID(),
    match: parseMatch(fields.any('match') ?? {}),
    times: fields.optional('times', (name) => fields.number(name, { from: 0, to: 1e9, whole: true })) ?? 1,
    probability: fields.optional('probability', (name) => fields.number(name, { from: 0, to: 1, whole: false })) ?? 1,
    random: seed === undefined ? Math.random : seededRandom(seed),
    effect: parseEffect(fields.any('effect')),
  };
  fields.end();
  return fault;
}

function parseMatch(value: unknown): FaultMatch {
  const fields = new Fields(value, 'fault.match');
  const method = fields.optional('method', (name) => fields.text(name).toUpperCase());
  const path = fields.optional('path', (name) => expression(fields, name));
  const tenant = fields.optional('tenant', (name) => fields.text(name));
  const body = fields.optional('body', (name) => expression(fields, name));
  fields.end();
  return { ...(method && { method }), ...(path && { path }), ...(tenant && { tenant }), ...(body && { body }) };
}

function expression(fields: Fields, name: string): RegExp {
  try {
    return new RegExp(fields.text(name));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return fields.reject(name, 'must be the source of a regular expression');
  }
}

function parseEffect(value: unknown): FaultEffect {
  const fields = new Fields(value, 'fault.effect');
  const status = fields.optional('status', (name) => fields.number(name, { from: 200, to: 599, whole: true }));
  const body = fields.optional('body', (name) => asText(fields.any(name)));
  const nest = fields.optional('nest', (name) => fields.number(name, { from: 1, to: 1e6, whole: true }));
  const redirect = fields.optional('redirect', (name) => fields.text(name));
  const headers = fields.optional('headers', (name) => parseHeaders(fields, name));
  const patch = fields.optional('patch', (name) => fields.object(name));
  const oversized = fields.optional('oversizedBytes', (name) =>
    fields.number(name, { from: 1, to: 256 * 1024 * 1024, whole: true }),
  );
  const effect = {
    apply: fields.flag('apply'),
    garbage: fields.flag('garbage'),
    gzipBomb: fields.flag('gzipBomb'),
    reset: fields.flag('reset'),
    hang: fields.flag('hang'),
    truncate: fields.flag('truncate'),
    delayMs: fields.optional('delayMs', (name) => fields.number(name, MILLISECONDS)) ?? 0,
    dripMs: fields.optional('dripMs', (name) => fields.number(name, MILLISECONDS)) ?? 0,
    ...(status !== undefined && { status }),
    ...(body !== undefined && { body }),
    ...(fields.has('json') && { json: fields.any('json') }),
    ...(nest !== undefined && { nest }),
    ...(redirect !== undefined && { redirect }),
    ...(headers && { headers }),
    ...(patch && { patch }),
    ...(oversized !== undefined && { oversizedBytes: oversized }),
  };
  fields.end();
  return effect;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Rejects names and values that Node would not send. */
function parseHeaders(fields: Fields, name: string): OutgoingHttpHeaders {
  const headers = Object.entries(fields.object(name)).map(
    ([key, value]) => [key.toLowerCase(), Array.isArray(value) ? value.map(asText) : asText(value)] as const,
  );
  const isValid = headers.every(
    ([key, value]) =>
      /^[\w!#$%&'*+.^`|~-]+$/.test(key) && [value].flat().every((one) => /^[\t\x20-\x7e\x80-\xff]*$/.test(one)),
  );
  if (!isValid) fields.reject(name, 'must be headers that can be sent');
  return Object.fromEntries(headers);
}
