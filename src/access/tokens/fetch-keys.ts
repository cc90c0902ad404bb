import type { JSONWebKeySet } from 'jose';
import { JsonError } from '../../json/read/json-error';
import { readJson } from '../../json/read/read-json';
import { logEvent } from '../../observability/log-events';
import type { Logger } from '../../observability/logger';
import type { Metrics } from '../../observability/metrics';
import { type TransportCause, transportCauseOf } from '../../observability/transport-cause';
import { maskUrl } from '../../secrets/url';
import type { FetchKeys } from './issuer-keys';

const TIMEOUT_MS = 3000;
const MAX_BYTES = 256 * 1024;

/** Fetches key sets over HTTP: 3 s and 256 KiB at the most, without redirects. */
export function keyFetcher(logger: Logger, metrics: Metrics): FetchKeys {
  return async (uri) => {
    let cause: TransportCause | 'response' = 'response';
    try {
      const response = await fetch(uri, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
      const keys: unknown = response.ok ? readJson(await bytesOf(response)) : undefined;
      if (isKeySet(keys)) return keys;
    } catch (error) {
      // The message of an error may quote the response, so it is not logged.
      if (!(error instanceof JsonError || error instanceof UnusableKeys)) {
        cause = transportCauseOf(error);
        metrics.transportErrors.inc({ service: 'jwks', cause });
      }
    }
    logEvent(logger, 'access.keys-unavailable', { jwksUri: maskUrl(uri.href), cause });
    return undefined;
  };
}

class UnusableKeys extends Error {}

async function bytesOf({ body }: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new UnusableKeys();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The set may contain keys of unsupported kinds: the search for a key ignores them. */
function isKeySet(value: unknown): value is JSONWebKeySet {
  if (typeof value !== 'object' || value === null || !('keys' in value)) return false;
  return Array.isArray(value.keys) && value.keys.every((key) => typeof key === 'object' && key !== null);
}
