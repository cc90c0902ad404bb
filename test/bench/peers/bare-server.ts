import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/** The floor: `node:http` answering prebuilt bytes after looking up the key and comparing the tag, and nothing else. */
const { PORT = '0', API_KEY = '', BODY_FILE = '' } = process.env;
const body = readFileSync(BODY_FILE);
const callers = new Map([[hash('sha256', API_KEY), 'bench']]);
const etag = `"${hash('sha256', body).slice(0, 22)}"`;
const headers = {
  'cache-control': 'private, no-cache',
  vary: 'Authorization, X-API-Key, X-Tenant-Id',
  etag,
  'content-type': 'application/json; charset=utf-8',
  'content-length': body.length,
};

createServer((request, response) => {
  if (!callers.has(hash('sha256', String(request.headers['x-api-key'])))) response.writeHead(401).end();
  else if (request.headers['if-none-match'] === etag) response.writeHead(304, headers).end();
  else response.writeHead(200, headers).end(body);
}).listen(Number(PORT), '127.0.0.1');
