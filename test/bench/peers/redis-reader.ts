import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Redis } from 'ioredis';

/** The minimum of a Redis hit over HTTP: `node:http` looks up the API key, gets the bytes of an id from Redis and sends them. */
const { PORT = '0', API_KEY = '', REDIS_URL = '', HEADERS_FILE = '' } = process.env;
const headers: Record<string, string> = JSON.parse(readFileSync(HEADERS_FILE, 'utf8'));
const callers = new Map([[hash('sha256', API_KEY), 'bench']]);
const redis = new Redis(REDIS_URL);

createServer(async (request, response) => {
  if (!callers.has(hash('sha256', String(request.headers['x-api-key'])))) return void response.writeHead(401).end();
  const body = await redis.getBuffer(`bench:${request.url?.split('/').at(-1)}`);
  if (body) response.writeHead(200, headers).end(body);
  else response.writeHead(404).end();
}).listen(Number(PORT), '127.0.0.1');
