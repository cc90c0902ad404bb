import { failureOf, isRejection } from './redis-reason';

const withCode = (code: string) => Object.assign(new Error('connect failed 10.0.0.1'), { code });
const ofCommand = (text: string, name: string) =>
  Object.assign(new Error(text), { command: { name, args: ['secret'] } });

describe('failureOf [S-780]', () => {
  it.each([
    ['NOAUTH Authentication required.', 'auth'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'auth'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'oom'],
    ["READONLY You can't write against a read only replica.", 'readonly'],
    ['MOVED 3999 127.0.0.1:1', 'moved'],
    ['CLUSTERDOWN Hash slot not served', 'moved'],
    ['LOADING Redis is loading the dataset in memory', 'loading'],
    ['ERR max number of clients reached', 'refused'],
    ['Command timed out', 'timeout'],
    ['Connection is closed.', 'refused'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'other'],
  ])('%s is %s', (text, reason) => {
    expect(failureOf(new Error(text))).toEqual({ reason });
  });

  it.each([
    ['ENOTFOUND', 'name'],
    ['ECONNREFUSED', 'refused'],
    ['ETIMEDOUT', 'timeout'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['EPROTO', 'tls'],
  ])('the code %s is %s', (code, reason) => {
    expect(failureOf(withCode(code))).toEqual({ reason });
  });

  it.each([
    ["NOPERM User app has no permissions to run the 'zadd' command", 'eval', 'ZADD'],
    ['NOPERM No permissions to access a key', 'set', 'SET'],
  ])('names the command of %s', (text, sent, command) => {
    expect(failureOf(ofCommand(text, sent))).toEqual({ reason: 'permission', command });
  });

  it('names no command that is not one of ours [N1]', () => {
    const text = "NOPERM User app has no permissions to run the 'hunter' command";
    expect(failureOf(ofCommand(text, 'hunter'))).toEqual({ reason: 'permission' });
  });

  it('separates rejections from a Redis that is away', () => {
    expect((['oom', 'permission', 'readonly', 'auth'] as const).map(isRejection)).toEqual([true, true, true, true]);
    expect((['timeout', 'refused', 'name', 'loading'] as const).map(isRejection)).toEqual([false, false, false, false]);
  });
});
