import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { Fields, type ReadField, readInteger, readNumber, readObject, readText } from '../json';
import type { SandboxRequest } from '../sandbox-http';

/** Which requests a fault hits; an absent member matches all. */
type FaultMatch = ReturnType<typeof parseMatch>;

/** What a fault does. Effects combine; the README of the sandbox describes them. */
export type FaultEffect = ReturnType<typeof parseEffect>;

/** A scripted fault. */
interface Fault {
  readonly id: string;
  readonly match: FaultMatch;
  /** How often it hits; 0: without limit. */
  readonly times: number;
  /** In [0, 1); a matching request is hit if it is less than `probability`. */
  readonly random: () => number;
  readonly probability: number;
  readonly effect: FaultEffect;
}

/** Reads a fault script. Throws `BadFields`. */
export function parseFault(value: unknown): Fault {
  const fields = new Fields(value, 'fault');
  const seed = fields.optional('seed', readInteger(0, 2 ** 32 - 1));
  const fault = {
    id: randomUUID(),
    match: parseMatch(fields.any('match') ?? {}),
    times: fields.optional('times', readInteger(0, 1e9)) ?? 1,
    probability: fields.optional('probability', readNumber(0, 1)) ?? 1,
    random: seed === undefined ? Math.random : seededRandom(seed),
    effect: parseEffect(fields.any('effect')),
  };
  fields.end();
  return fault;
}

/** Lets the next `times` calls of a tenant to the portal fail with 503. */
export function failingCalls(tenant: string, times: number): Fault {
  const match = { tenant, path: '^/api/' };
  return { ...parseFault({ match, times, effect: { status: 503 } }), id: `failing calls of ${tenant}` };
}

function parseMatch(value: unknown) {
  const fields = new Fields(value, 'fault.match');
  const match = {
    method: fields.optional('method', readText)?.toUpperCase(),
    /** Tested on the path without the query. */
    path: fields.optional('path', readExpression),
    tenant: fields.optional('tenant', readText),
    /** Tested on the raw body. */
    body: fields.optional('body', readExpression),
  };
  fields.end();
  return match;
}

function parseEffect(value: unknown) {
  const fields = new Fields(value, 'fault.effect');
  const effect = {
    /** Executes the request although the response is replaced. */
    apply: fields.flag('apply'),

    garbage: fields.flag('garbage'),
    gzipBomb: fields.flag('gzipBomb'),
    reset: fields.flag('reset'),
    hang: fields.flag('hang'),
    truncate: fields.flag('truncate'),
    delayMs: fields.optional('delayMs', readInteger(0, 600_000)) ?? 0,
    dripMs: fields.optional('dripMs', readInteger(0, 600_000)) ?? 0,

    status: fields.optional('status', readInteger(200, 599)),
    body: fields.optional('body', asText),
    json: fields.any('json'),
    /** Depth of nested arrays. */
    nest: fields.optional('nest', readInteger(1, 1e6)),
    redirect: fields.optional('redirect', readText),
    headers: fields.optional('headers', readHeaders),
    patch: fields.optional('patch', readObject),
    oversizedBytes: fields.optional('oversizedBytes', readInteger(1, 256 * 1024 * 1024)),
  };
  fields.end();
  return effect;
}

const readExpression: ReadField<RegExp> = (value, reject) => {
  try {
    return new RegExp(readText(value, reject));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return reject('must be the source of a regular expression');
  }
};

/** A list is sent as several headers of the same name. Rejects names and values that Node would not send. */
const readHeaders: ReadField<OutgoingHttpHeaders> = (value, reject) => {
  const headers = Object.entries(readObject(value, reject)).map(
    ([name, given]) => [name.toLowerCase(), Array.isArray(given) ? given.map(asText) : asText(given)] as const,
  );
  const isValid = headers.every(
    ([name, given]) =>
      /^[\w!#$%&'*+.^`|~-]+$/.test(name) && [given].flat().every((line) => /^[\t\x20-\x7e\x80-\xff]*$/.test(line)),
  );
  return isValid ? Object.fromEntries(headers) : reject('must be headers that can be sent');
};

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Whether the regular response is replaced, so that a mutation is executed with `apply` only. */
export function replacesResponse(effect: FaultEffect): boolean {
  const { garbage, gzipBomb, reset, hang, status, body, json, nest, redirect, oversizedBytes } = effect;
  const replacements = [status, body, json, nest, redirect, oversizedBytes];
  return garbage || gzipBomb || reset || hang || replacements.some((value) => value !== undefined);
}

/** The faults in order of creation. */
export class FaultList {
  #faults: { readonly fault: Fault; hits: number }[] = [];

  add(fault: Fault): void {
    this.#faults.push({ fault, hits: 0 });
  }

  /** Adds a fault in place of the one with the same id. */
  replace(fault: Fault): void {
    this.#faults = this.#faults.filter((other) => other.fault.id !== fault.id);
    this.add(fault);
  }

  /** The first fault that matches, has hits left and is chosen by its probability; counts the hit. */
  select(request: SandboxRequest, tenant: string | null): Fault | undefined {
    const selected = this.#faults.find(
      ({ fault, hits }) =>
        (fault.times === 0 || hits < fault.times) &&
        matches(fault.match, request, tenant) &&
        (fault.probability === 1 || fault.random() < fault.probability),
    );
    if (selected) selected.hits += 1;
    return selected?.fault;
  }

  clear(): void {
    this.#faults = [];
  }

  /** As JSON, with hit counts and the sources of regular expressions. */
  describe(): readonly unknown[] {
    return this.#faults.map(({ fault: { id, match, times, probability, effect }, hits }) => ({
      id,
      hits,
      times,
      probability,
      match: { ...match, path: match.path?.source, body: match.body?.source },
      effect,
    }));
  }
}

function matches(match: FaultMatch, { method, path, body }: SandboxRequest, tenant: string | null): boolean {
  return (
    (match.method ?? method) === method &&
    (match.path?.test(path) ?? true) &&
    (match.tenant === undefined || match.tenant === tenant) &&
    (match.body?.test(body) ?? true)
  );
}

/** The mulberry32 generator: the same sequence in [0, 1) for the same 32-bit seed. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
