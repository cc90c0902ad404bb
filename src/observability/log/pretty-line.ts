import type { JsonObject } from '../../json/json-value';

const COLORS: Readonly<Record<string, number>> = { trace: 90, debug: 90, info: 32, warn: 33, error: 31, fatal: 31 };
const DIM = 90;

/** A line of the log for a person at a terminal: one line as well, `12:03:55 INFO  GET /health/live 200 1 ms`. */
export function prettyLine(json: string, hasColors: boolean): string {
  const line: JsonObject = JSON.parse(json);
  const { level, time, service: _service, version: _version, ...members } = line;
  const name = String(level);
  const colored = (text: string, color = DIM) => (hasColors ? `\u001b[${color}m${text}\u001b[39m` : text);
  const clock = new Date(String(time)).toTimeString().slice(0, 'HH:MM:SS'.length);
  const text = members['msg'] === 'request' && 'status' in members ? requestText(members) : eventText(members);
  return `${colored(clock)} ${colored(name.toUpperCase().padEnd(5), COLORS[name])} ${text}\n`;
}

/** Method, route, status, time and what explains them; the id of a request that failed finds its problem and its record. */
function requestText(members: JsonObject): string {
  const { method, route, status, durationMs, requestId, attempts, code, cache, tenant, caller, cause, fault } = members;
  const hasFailed = Number(status) >= 400;
  return [
    ...[method, route ?? '(no route)', status, `${Math.round(Number(durationMs))} ms`],
    ...[cache === undefined ? undefined : cacheResult(String(cache))],
    ...[Number(attempts) > 1 ? `${attempts} attempts` : undefined, code, cause, tenant, caller],
    ...[hasFailed ? requestId : undefined, fault],
  ]
    .filter((part) => part !== undefined)
    .join(' ');
}

/** `hit`, `miss`, `stale-if-error`, … of a `Cache-Status`. */
function cacheResult(status: string): string {
  const detail = /; detail=([\w-]+)/.exec(status)?.[1];
  return detail ?? /; (?:fwd=)?([\w-]+)/.exec(status)?.[1] ?? status;
}

/** The message, and the members behind it as `name=value`. */
function eventText({ msg, event: _event, ...facts }: JsonObject): string {
  return [msg, ...Object.entries(facts).map(([name, value]) => `${name}=${shown(value)}`)].join(' ');
}

/** A text without spaces as it is, anything else as JSON, which has no line ends. */
function shown(value: unknown): string {
  return typeof value === 'string' && /^[\w./:@+-]+$/.test(value) ? value : JSON.stringify(value);
}
