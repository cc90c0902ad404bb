import { request as nodeRequest } from 'node:http';

/** A request whose body is incomplete until `finish`. */
export interface SlowRequest {
  /** Resolves when the service has accepted the headers and waits for the body. */
  readonly isReceived: Promise<void>;
  readonly status: Promise<number>;
  finish(): void;
}

/** A create that sends the last bytes of its body at `finish`. */
export function slowRequest(url: string, key: string): SlowRequest {
  const body = JSON.stringify({ channelId: 'WebChat', name: 'slow', configuration: { allowedOrigins: ['localhost'] } });
  const request = nodeRequest(url, {
    method: 'POST',
    headers: {
      'x-api-key': key,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      expect: '100-continue',
    },
  });
  const isReceived = new Promise<void>((resolve) => {
    request.on('continue', () => {
      request.write(body.slice(0, 10));
      resolve();
    });
  });
  request.flushHeaders();
  return {
    isReceived,
    finish: () => request.end(body.slice(10)),
    status: new Promise<number>((resolve, reject) => {
      request.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('error', reject);
    }),
  };
}
