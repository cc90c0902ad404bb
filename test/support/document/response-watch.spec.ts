import { once } from 'node:events';
import { createServer, type RequestListener, request, type Server } from 'node:http';
import { portOf } from '../ports';
import { requestHead, sendRaw } from '../raw-socket';
import { ResponseWatch } from './response-watch';

const ME = '/api/v1/me';
/** What a watched response of this server is reported as: the document has no such status. */
const unknownStatus = (method: string, status: number) => `${method} ${ME} ${status}: the status is not documented`;

describe('the response watch', () => {
  let watch: ResponseWatch;
  let server: Server;
  let url: string;
  const start = async (listener: RequestListener): Promise<void> => {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${portOf(server)}`;
  };

  beforeEach(() => {
    watch = new ResponseWatch();
  });
  afterEach(() => {
    watch.end();
    server.closeAllConnections();
    server.close();
  });

  it.each<[string, RequestListener]>([
    ['at once', (_request, response) => void response.writeHead(418).end('{}')],
    ['in chunks', (_request, response) => void response.writeHead(418).write('{', () => response.end('}'))],
    ['with a list of headers', (_request, response) => void response.writeHead(418, ['age', '1']).end()],
    [
      'after an interim response',
      (_request, response) => {
        response.writeProcessing();
        response.writeHead(418).end();
      },
    ],
  ])('reads a response that is sent %s, by the server and by the client', async (_how, listener) => {
    await start(listener);
    watch.listenTo(server);
    const ofClients = new ResponseWatch();
    ofClients.listenToClients((port) => port === portOf(server));
    await (await fetch(`${url}${ME}`)).arrayBuffer();
    expect(watch.end()).toEqual([unknownStatus('GET', 418)]);
    expect(ofClients.end()).toEqual([unknownStatus('GET', 418)]);
  });

  it('pairs responses with pipelined requests in their order, and those to HEAD have no body', async () => {
    await start(
      ({ method }, response) =>
        void response.writeHead(method === 'GET' ? 418 : 299, { 'content-length': 2 }).end('{}'),
    );
    watch.listenTo(server);
    await sendRaw(
      url,
      ...['HEAD', 'GET', 'POST'].map((method) => requestHead(`${method} ${ME} HTTP/1.1`, 'Host: x')),
      requestHead(`GET ${ME} HTTP/1.1`, 'Host: x', 'Connection: close'),
    );
    expect(watch.end()).toEqual([
      unknownStatus('GET', 418),
      unknownStatus('HEAD', 299),
      `POST ${ME} 299: the verb is not documented`,
    ]);
  });

  it('reads what a server writes to bytes that are no request', async () => {
    await start(() => undefined);
    server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 499 No\r\nContent-Length: 2\r\n\r\nno'));
    watch.listenTo(server);
    await sendRaw(url, 'hello\r\n\r\n');
    expect(watch.end()).toEqual(['(unreadable request) 499: the status is not documented']);
  });

  it('observes only the servers that are named', async () => {
    await start((_request, response) => void response.writeHead(418).end());
    watch.listenToClients(() => false);
    await (await fetch(`${url}${ME}`)).arrayBuffer();
    await new Promise((resolve) => request(`${url}${ME}`, resolve).end());
    expect(watch.end()).toEqual([]);
  });
});
