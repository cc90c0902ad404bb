import { isJsonObject, type JsonObject, type JsonValue } from '../../json/json-value';

/**
 * Lines of the log in two common schemas. Both rename the members of the plain line; a member that a schema does not know keeps its name,
 * under `stagedoor`.
 */
const OWN = 'stagedoor';
const ECS_VERSION = '8.17.0';

/** The severity numbers of OpenTelemetry. */
const SEVERITIES: Readonly<Record<string, number>> = { trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21 };

type Names = ReadonlyMap<string, string>;

const ECS_NAMES: Names = new Map([
  ['event', 'event.action'],
  ['method', 'http.request.method'],
  ['route', 'url.path'],
  ['status', 'http.response.status_code'],
  ['requestId', 'http.request.id'],
  ['traceId', 'trace.id'],
  ['trace_id', 'trace.id'],
  ['span_id', 'span.id'],
  ['address', 'client.ip'],
  ['tenant', 'organization.id'],
  ['caller', 'user.id'],
  ['code', 'error.code'],
  ['fault', 'error.stack_trace'],
]);

const OTEL_NAMES: Names = new Map([
  ['method', 'http.request.method'],
  ['route', 'http.route'],
  ['status', 'http.response.status_code'],
  ['address', 'client.address'],
  ['caller', 'user.id'],
  ['code', 'error.type'],
  ['fault', 'exception.stacktrace'],
]);

/** In the Elastic Common Schema (https://www.elastic.co/docs/reference/ecs): `url.path` is the template of the route, never a URL. */
export function ecsLine(json: string): string {
  const line: JsonObject = JSON.parse(json);
  const { level, time, msg, service, version, durationMs, err, ...members } = line;
  return written({
    '@timestamp': time,
    'log.level': level,
    message: msg,
    'ecs.version': ECS_VERSION,
    'service.name': service,
    'service.version': version,
    // Nanoseconds.
    ...(durationMs !== undefined && { 'event.duration': Math.round(Number(durationMs) * 1e6) }),
    ...errorMembers(err, { type: 'error.type', message: 'error.message', stack: 'error.stack_trace' }),
    ...renamed(members, ECS_NAMES),
  });
}

/** In the JSON of the log data model of OpenTelemetry (https://opentelemetry.io/docs/specs/otel/logs/data-model/). */
export function otelLine(json: string): string {
  const line: JsonObject = JSON.parse(json);
  const { level, time, msg, service, version, event, err, ...others } = line;
  const { traceId, trace_id: recordedTraceId = traceId, span_id: spanId, ...members } = others;
  // Nanoseconds since the epoch, which a number would round.
  const timestamp = `${Date.parse(String(time))}000000`;
  return written({
    Timestamp: timestamp,
    ObservedTimestamp: timestamp,
    SeverityText: String(level).toUpperCase(),
    SeverityNumber: SEVERITIES[String(level)],
    ...(event !== undefined && { EventName: event }),
    ...(recordedTraceId !== undefined && { TraceId: recordedTraceId }),
    ...(spanId !== undefined && { SpanId: spanId }),
    Body: msg,
    Resource: { 'service.name': service, 'service.version': version },
    Attributes: {
      ...errorMembers(err, { type: 'exception.type', message: 'exception.message', stack: 'exception.stacktrace' }),
      ...renamed(members, OTEL_NAMES),
    },
  });
}

/** Undefined values are omitted. */
type Members = Readonly<Record<string, unknown>>;

const written = (members: Members): string => `${JSON.stringify(members)}\n`;

function renamed(members: Members, names: Names): Members {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [names.get(name) ?? `${OWN}.${name}`, value]),
  );
}

/** What a schema says about an error: its type, message and stack; causes and further members are left out. */
function errorMembers(error: JsonValue | undefined, names: Readonly<Record<string, string>>): Members {
  if (!isJsonObject(error)) return {};
  return Object.fromEntries(Object.entries(names).map(([name, renamedTo]) => [renamedTo, error[name]]));
}
