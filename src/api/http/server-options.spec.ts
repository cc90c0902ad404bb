import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { portOf } from '../../../test/support/ports';
import { serverOptions } from './server-options';

describe('a request that Node could not read', () => {
  const { clientErrorHandler } = serverOptions(() => false);

  it.each([
    ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout', true],
    ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large', false],
    ['HPE_INVALID_METHOD', '400 Bad Request', false],
  ])('%s: is answered %s, as a problem, and the connection is closed', async (code, status, retryable) => {
    const server = createServer((socket) => {
      const error = Object.assign(new Error('canary'), {
        code,
        bytesParsed: 0,
        rawPacket: { type: 'Buffer', data: [] },
      });
      clientErrorHandler?.(error, socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect(portOf(server), '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    await once(socket, 'close');
    server.close();
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\n`));
    expect(head).toContain('content-type: application/problem+json');
    expect(answer).not.toContain('canary');
    expect(JSON.parse(body)).toMatchObject({
      code: 'validation-failed',
      status: Number(status.slice(0, 3)),
      retryable,
    });
  });
});
