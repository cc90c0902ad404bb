import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/** The minimum: `node:http` looks up the API key, compares the entity tag, and sends the same prepared bytes. */
const { PORT = '0', API_KEY = '', BODY_FILE = '', HEADERS_FILE = '' } = process.env;
const body = readFileSync(BODY_FILE);
const headers: Record<string, string> = JSON.parse(readFileSync(HEADERS_FILE, 'utf8'));
const callers = new Map([[hash('sha256', API_KEY), 'bench']]);

createServer((request, response) => {
  if (!callers.has(hash('sha256', String(request.headers['x-api-key'])))) response.writeHead(401).end();
  else if (request.headers['if-none-match'] === headers['etag']) response.writeHead(304, headers).end();
  else response.writeHead(200, headers).end(body);
}).listen(Number(PORT), '127.0.0.1');
