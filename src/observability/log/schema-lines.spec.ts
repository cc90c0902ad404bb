import { ecsViolations, otelViolations } from '../../../test/support/log/log-schemas';
import { createLogger, type Logger } from './logger';

type Line = Readonly<Record<string, unknown>>;

function linesOf(format: 'ecs' | 'otel', log: (logger: Logger) => void): readonly Line[] {
  const written: string[] = [];
  log(createLogger({ level: 'trace', format, destination: { write: (line) => void written.push(line) } }));
  expect(written.every((line) => line.endsWith('}\n') && line.indexOf('\n') === line.length - 1)).toBe(true);
  return written.map((line): Line => JSON.parse(line));
}

const REQUEST = '"method":"GET","route":"/api/v1/integrations/:integrationId","status":503,"durationMs":4.2';
const OWNER = { tenant: 'acme', caller: 'app' };
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

const logAll = (logger: Logger): void => {
  logger.flat(
    `${REQUEST},"code":"overloaded","cause":"bulkhead"`,
    OWNER,
    ['requestId', 'r1', 'traceId', TRACE_ID],
    'request',
    'warn',
  );
  logger.info({ event: 'server.listening', url: 'http://127.0.0.1:3000' }, 'The service listens for requests');
  logger.error({ err: new TypeError('no') }, 'It failed');
  logger.debug({ event: 'a.b', nested: { a: [1] } }, 'A decision');
};

describe('lines in the Elastic Common Schema [S-867]', () => {
  it('have only fields of the schema with their types, and others under `stagedoor`', () => {
    expect(linesOf('ecs', logAll).map(ecsViolations)).toEqual([[], [], [], []]);
  });

  it('have the members of a request, with its duration in nanoseconds', () => {
    expect(linesOf('ecs', logAll)[0]).toEqual({
      '@timestamp': expect.any(String),
      'log.level': 'warn',
      message: 'request',
      'ecs.version': '8.17.0',
      'service.name': 'stagedoor',
      'service.version': expect.any(String),
      'event.duration': 4_200_000,
      'http.request.method': 'GET',
      'url.path': '/api/v1/integrations/:integrationId',
      'http.response.status_code': 503,
      'http.request.id': 'r1',
      'trace.id': TRACE_ID,
      'organization.id': 'acme',
      'user.id': 'app',
      'error.code': 'overloaded',
      'stagedoor.cause': 'bulkhead',
    });
  });

  it('have the event as an action, and an error with its type and stack', () => {
    const [, event, error] = linesOf('ecs', logAll);
    expect(event).toMatchObject({ 'event.action': 'server.listening', 'stagedoor.url': 'http://127.0.0.1:3000' });
    expect(error).toMatchObject({ 'error.type': 'TypeError', 'error.message': 'no', 'log.level': 'error' });
    expect(error?.['error.stack_trace']).toMatch(/^TypeError: no/);
  });
});

describe('lines in the data model of OpenTelemetry [S-867]', () => {
  it('have only fields of the model with their types, and attributes of the conventions or under `stagedoor`', () => {
    expect(linesOf('otel', logAll).map(otelViolations)).toEqual([[], [], [], []]);
  });

  it('have a request as attributes, the service as resource, and the trace', () => {
    const [request] = linesOf('otel', logAll);
    expect(request).toEqual({
      Timestamp: expect.stringMatching(/^\d{19}$/),
      ObservedTimestamp: request?.['Timestamp'],
      SeverityText: 'WARN',
      SeverityNumber: 13,
      TraceId: TRACE_ID,
      Body: 'request',
      Resource: { 'service.name': 'stagedoor', 'service.version': expect.any(String) },
      Attributes: {
        'http.request.method': 'GET',
        'http.route': '/api/v1/integrations/:integrationId',
        'http.response.status_code': 503,
        'error.type': 'overloaded',
        'user.id': 'app',
        'stagedoor.cause': 'bulkhead',
        'stagedoor.durationMs': 4.2,
        'stagedoor.requestId': 'r1',
        'stagedoor.tenant': 'acme',
      },
    });
  });

  it.each(['ecs', 'otel'] as const)('have trace and span of a recorded request (%s)', (format) => {
    const [line] = linesOf(format, (logger) =>
      logger.flat('"status":200', OWNER, ['trace_id', TRACE_ID, 'span_id', '00f067aa0ba902b7'], 'request'),
    );
    const names = format === 'ecs' ? ['trace.id', 'span.id'] : ['TraceId', 'SpanId'];
    expect(names.map((name) => line?.[name])).toEqual([TRACE_ID, '00f067aa0ba902b7']);
  });

  it('have the name of an event, and the numbers of the severities', () => {
    const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
    const lines = linesOf('otel', (logger) => {
      for (const level of levels) logger[level]({ event: 'a.b' }, 'x');
    });
    expect(lines.map(({ SeverityNumber, EventName }) => [SeverityNumber, EventName])).toEqual(
      [1, 5, 9, 13, 17, 21].map((severity) => [severity, 'a.b']),
    );
  });
});
