import { Client, type ClientConfig } from 'pg';
import { addressOf } from '../../config/environment/database-url';
import type { Secret } from '../../secrets/secret';

/** A host that does not respond, in milliseconds: less than a record waits. */
const CONNECT_MS = 1500;
const KEEP_ALIVE_MS = 10_000;
/** Of a migration, which may have to wait for another process. */
const MIGRATION_MS = 5 * 60_000;

/** Where the trail is. */
export interface DatabaseSource {
  /** A URL that `addressOf` reads. */
  readonly url: Secret;
  /** Certificates in PEM that the server's one is checked against, in place of those of the system. */
  readonly ca?: string;
}

/** The options of every connection. */
export function connectionOptions({ url, ca }: DatabaseSource): ClientConfig {
  const address = addressOf(url.reveal());
  if (!address) throw new Error('AUDIT_DATABASE_URL is not a URL of PostgreSQL.');
  const { tls, ...rest } = address;
  return {
    ...rest,
    ssl: tls !== 'off' && {
      rejectUnauthorized: true,
      ...(ca !== undefined && { ca }),
      ...(tls === 'ca' && { checkServerIdentity: () => undefined }),
    },
    client_encoding: 'UTF8',
    application_name: 'stagedoor-audit',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  };
}

/** One connection for a piece of work without a short limit: a migration, a verification. */
export async function withConnection<T>(source: DatabaseSource, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ ...connectionOptions(source), query_timeout: MIGRATION_MS });
  // A connection that ends while no statement runs fails the next one.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
