import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { integrationOf, pageOf } from './integrations';

/** The Hubster of all servers, with a delay of `DELAY_MS`. `/count` returns the number of its requests. */
const { PORT = '0', DELAY_MS = '0' } = process.env;
let count = 0;

createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '', 'http://stub');
  const send = (body: unknown) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  if (pathname === '/count') return void send({ count });
  if (pathname === '/connect/token')
    return void send({ access_token: 'stub', token_type: 'Bearer', expires_in: 86_400 });
  count += 1;
  const id = pathname.split('/').at(-1) ?? '';
  const body = id === 'integrations' ? pageOf(50) : integrationOf(id);
  if (DELAY_MS === '0') send(body);
  else void delay(Number(DELAY_MS)).then(() => send(body));
}).listen(Number(PORT), '127.0.0.1');
