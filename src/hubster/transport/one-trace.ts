import { channel } from 'node:diagnostics_channel';

/** undici publishes each request here, before it is written. Instrumentation adds headers to it. */
const REQUESTS = channel('undici:request:create');
const TRACE_HEADERS = ['traceparent', 'tracestate'];

/**
 * Runs `dispatch`, which makes one request of undici at once, so that it has each header of W3C Trace Context once: the request's own,
 * rather than that of an instrumentation that somebody has loaded into the process. Without an instrumentation it only runs it.
 */
export function withOneTrace(dispatch: () => void): void {
  if (!REQUESTS.hasSubscribers) return void dispatch();
  // The last subscriber, so that it sees what the others have added.
  REQUESTS.subscribe(keepFirst);
  try {
    dispatch();
  } finally {
    REQUESTS.unsubscribe(keepFirst);
  }
}

function keepFirst(message: unknown): void {
  const headers = headersIn(message);
  for (const header of TRACE_HEADERS) {
    let isKept = false;
    for (let at = 0; at < headers.length; at += 2) {
      if (String(headers[at]).toLowerCase() !== header) continue;
      if (isKept) {
        headers.splice(at, 2);
        at -= 2;
      }
      isKept = true;
    }
  }
}

/** Names and values alternate. */
function headersIn(message: unknown): unknown[] {
  const isRequest = typeof message === 'object' && message !== null && 'request' in message;
  const request: unknown = isRequest ? message.request : undefined;
  const hasHeaders = typeof request === 'object' && request !== null && 'headers' in request;
  return hasHeaders && Array.isArray(request.headers) ? request.headers : [];
}
