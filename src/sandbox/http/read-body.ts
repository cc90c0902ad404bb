import type { IncomingMessage } from 'node:http';

/** Bytes of a request body; one more is answered 413. */
const BODY_LIMIT = 1024 * 1024;

/**
 * The whole body as UTF-8 text, or undefined as soon as it exceeds `BODY_LIMIT`; what follows is thrown away unread.
 * Rejects when the client goes away before the end.
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
    request.on('close', () => reject(new Error('The client went away before the end of its request')));
    request.on('error', reject);
  });
}
