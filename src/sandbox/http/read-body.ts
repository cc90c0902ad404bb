import type { IncomingMessage } from 'node:http';

/** Maximum size of a request body in bytes; a larger one gets a 413. */
const BODY_LIMIT = 1024 * 1024;

/**
 * The whole body as UTF-8 text, or undefined as soon as it exceeds `BODY_LIMIT`; the rest is discarded.
 * Rejects when the client disconnects before the end.
 */
export function readBody(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= BODY_LIMIT) {
        chunks.push(chunk);
      } else {
        chunks.length = 0;
        resolve(undefined);
      }
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('close', () => reject(new Error('The client disconnected before the end of its request')));
    request.on('error', reject);
  });
}
