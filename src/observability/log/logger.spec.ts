import { KNOWN_SECRETS } from '../../secrets/known-secrets';
import { Secret } from '../../secrets/secret';
import { createLogger, type Logger } from './logger';

const VALUE = 'logged-"by\nmistake"-4711';
const NUMBER = '471147114711';

function logged(log: (logger: Logger) => void): { readonly text: string; readonly lines: readonly string[] } {
  const written: string[] = [];
  log(createLogger({ level: 'trace', format: 'json', destination: { write: (line) => void written.push(line) } }));
  const text = written.join('');
  return { text, lines: text.split('\n').slice(0, -1) };
}

describe('the log [N1]', () => {
  beforeAll(() => {
    KNOWN_SECRETS.remember('configured', Secret.of(VALUE));
    KNOWN_SECRETS.remember('configured', Secret.of(NUMBER));
  });

  const circular: Record<string, unknown> = { VALUE };
  circular['itself'] = circular;

  const ways: readonly (readonly [string, (logger: Logger) => void])[] = [
    ['a message', (logger) => logger.info(`x ${VALUE} ${VALUE}`)],
    ['a placeholder', (logger) => logger.info('x %s %o', VALUE, { VALUE })],
    ['a member', (logger) => logger.info({ a: VALUE }, 'x')],
    ['the key of a member', (logger) => logger.info({ [`a ${VALUE}`]: 1 })],
    ['any nesting', (logger) => logger.warn({ a: [{ b: [new Map([['c', VALUE]]), new Set([VALUE])] }] })],
    ['an error', (logger) => logger.error(new Error(VALUE))],
    [
      'an error as a member',
      (logger) => logger.error({ err: new Error(`x ${VALUE}`, { cause: new Error(VALUE) }) }, 'x'),
    ],
    ['the members of an error', (logger) => logger.error(Object.assign(new Error('x'), { config: { auth: VALUE } }))],
    ['an object with toJSON', (logger) => logger.info({ a: { toJSON: () => ({ b: VALUE }) } })],
    ['a number', (logger) => logger.info({ a: Number(NUMBER), b: BigInt(NUMBER) })],
    ['bytes', (logger) => logger.info({ a: Buffer.from(VALUE) })],
    ['a circular object', (logger) => logger.info(circular)],
  ];

  it.each(ways)('masks a known secret in %s', (_way, log) => {
    const { text, lines } = logged(log);

    expect(lines).toHaveLength(1);
    expect(JSON.parse(text)).toMatchObject({ level: expect.any(String), time: expect.any(String) });
    expect(text).not.toMatch(/logged-|by\\n|mistake|4711/);
  });

  it.each([
    ['a line end', 'x\n{"level":"info","msg":"forged"}'],
    ['a carriage return', 'x\rforged'],
    ['a terminal sequence', 'x\u001b[2Jforged'],
    ['a C1 control', 'x\u009b2Jforged'],
    ['a line separator', 'x\u2028forged'],
    ['a text direction', 'x\u202eforged'],
  ])('writes one line for an event that contains %s', (_kind, text) => {
    const { lines } = logged((logger) => logger.info({ [text]: text, nested: [text] }, text));

    expect(lines).toHaveLength(1);
    const seen: string[] = [lines[0] ?? ''];
    JSON.parse(lines[0] ?? '', (key, value: unknown) => void seen.push(key, String(value)));
    expect(seen.filter((one) => /[^\u0020-\u007e]/.test(one))).toEqual([]);
  });

  it('masks the secrets of the tenant in the line of a request, but not in the ids of its owner [N2]', () => {
    KNOWN_SECRETS.remember('integration', Secret.of('order-of-acme-4712'), 'acme');
    KNOWN_SECRETS.remember('integration', Secret.of('issuer#alice'), 'acme');
    const members = ['requestId', 'order-of-acme-4712'];
    const { lines } = logged((logger) => {
      logger.flat('"status":200', { tenant: 'acme', caller: 'issuer#alice' }, members, 'request');
      logger.flat('"status":200', { tenant: 'globex', caller: 'issuer#alice' }, members, 'request');
      logger.flat('"status":401', { tenant: undefined, caller: undefined }, members, 'request');
    });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { tenant: 'acme', caller: 'issuer#alice', requestId: '********' },
      { tenant: 'globex', caller: 'issuer#alice', requestId: 'order-of-acme-4712' },
      { status: 401, requestId: '********' },
    ]);
  });

  it('writes all other values unchanged', () => {
    const { lines } = logged((logger) => logger.info({ a: 1, b: [true, null, 'é'], c: { d: 1.5 } }, 'a message'));

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ a: 1, b: [true, null, 'é'], c: { d: 1.5 }, msg: 'a message' });
  });

  it('names the service and its version on each line, and leaves the level of each kind of line to pino [S-865]', () => {
    const { lines } = logged((logger) => {
      logger.info({ a: 1 }, 'x');
      logger.flat('"status":200', { tenant: undefined, caller: undefined }, [], 'request', 'warn');
      logger.level = 'warn';
      logger.flat('"status":200', { tenant: undefined, caller: undefined }, [], 'request', 'info');
      logger.level = 'debug';
      logger.flat('"status":204', { tenant: undefined, caller: undefined }, [], 'request', 'debug');
    });
    const base = { service: 'stagedoor', version: expect.stringMatching(/^\d+\.\d+\.\d+/) };
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 'info', time: expect.any(String), ...base, a: 1, msg: 'x' },
      { level: 'warn', time: expect.any(String), ...base, status: 200, msg: 'request' },
      { level: 'debug', time: expect.any(String), ...base, status: 204, msg: 'request' },
    ]);
  });
});
