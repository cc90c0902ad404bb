/** The type of a field, of those that the log uses. */
type FieldType = 'date' | 'keyword' | 'text' | 'long' | 'ip' | 'nanoseconds' | 'object';

/** The fields of the Elastic Common Schema 8 that the log has, with their types there. */
const ECS_FIELDS: Readonly<Record<string, FieldType>> = {
  '@timestamp': 'date',
  message: 'text',
  'log.level': 'keyword',
  'ecs.version': 'keyword',
  'service.name': 'keyword',
  'service.version': 'keyword',
  'event.action': 'keyword',
  'event.duration': 'long',
  'http.request.method': 'keyword',
  'http.request.id': 'keyword',
  'http.response.status_code': 'long',
  'url.path': 'keyword',
  'client.ip': 'ip',
  'trace.id': 'keyword',
  'span.id': 'keyword',
  'organization.id': 'keyword',
  'user.id': 'keyword',
  'error.code': 'keyword',
  'error.type': 'keyword',
  'error.message': 'text',
  'error.stack_trace': 'keyword',
};
const ECS_REQUIRED = ['@timestamp', 'message', 'log.level', 'ecs.version', 'service.name', 'service.version'];

/** The fields of a record in the log data model of OpenTelemetry. */
const OTEL_FIELDS: Readonly<Record<string, FieldType>> = {
  Timestamp: 'nanoseconds',
  ObservedTimestamp: 'nanoseconds',
  TraceId: 'keyword',
  SpanId: 'keyword',
  TraceFlags: 'long',
  SeverityText: 'keyword',
  SeverityNumber: 'long',
  EventName: 'keyword',
  Body: 'text',
  Resource: 'object',
  Attributes: 'object',
};
const OTEL_REQUIRED = ['Timestamp', 'SeverityText', 'SeverityNumber', 'Body', 'Resource', 'Attributes'];
/** Attributes of the semantic conventions. */
const OTEL_ATTRIBUTES: Readonly<Record<string, FieldType>> = {
  'http.request.method': 'keyword',
  'http.response.status_code': 'long',
  'http.route': 'keyword',
  'client.address': 'ip',
  'user.id': 'keyword',
  'error.type': 'keyword',
  'exception.type': 'keyword',
  'exception.message': 'text',
  'exception.stacktrace': 'text',
};

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const TYPES: Readonly<Record<FieldType, (value: unknown) => boolean>> = {
  date: (value) => isText(value) && new Date(value).toISOString() === value,
  keyword: isText,
  text: isText,
  long: Number.isSafeInteger,
  ip: (value) => isText(value) && /^[\d.]+$|^[\da-f:.]+$/.test(value),
  nanoseconds: (value) => isText(value) && /^\d{19}$/.test(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

type Line = Readonly<Record<string, unknown>>;

/** The fields of a line that are missing, of another type, or in no table and not under `stagedoor`. */
export function ecsViolations(line: Line): readonly string[] {
  return violations(line, ECS_FIELDS, ECS_REQUIRED);
}

export function otelViolations(line: Line): readonly string[] {
  const { Resource, Attributes } = line;
  return [
    ...violations(line, OTEL_FIELDS, OTEL_REQUIRED),
    ...violations(Object(Resource), { 'service.name': 'keyword', 'service.version': 'keyword' }, ['service.name']),
    ...violations(Object(Attributes), OTEL_ATTRIBUTES, []),
  ];
}

function violations(line: Line, fields: Readonly<Record<string, FieldType>>, required: readonly string[]) {
  const wrong = Object.entries(line).filter(([name, value]) => {
    const type = fields[name];
    return type === undefined ? !/^stagedoor\.\w+$/.test(name) : !TYPES[type](value);
  });
  return [...required.filter((name) => !(name in line)), ...wrong.map(([name]) => name)];
}
