import type { Secret } from '../secrets/secret';
import type { VariableValues } from './environment/variables';

/** Where tenants and callers come from. */
export type TenantsSource =
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'single';
      readonly clientId: string;
      readonly clientSecret: Secret;
      /** SHA-256 of the caller's key in hexadecimal; the key itself is not kept. */
      readonly keyHash: string;
    }
  | { readonly kind: 'demo' };

/** Hubster's two services; their paths end with a slash. */
export interface HubsterAddresses {
  readonly portalUrl: URL;
  readonly identityUrl: URL;
}

/**
 * The configuration of the process: made once at start by `readConfig`, never changed. The class is the
 * token by which Nest provides it. Durations are milliseconds, sizes bytes.
 */
export abstract class Config {
  /** `demo`: the embedded sandbox stands in for Hubster. */
  abstract readonly mode: 'demo' | 'service';
  abstract readonly production: boolean;
  abstract readonly http: {
    readonly host: string;
    /** 0: a free one. */
    readonly port: number;
    /** 0: a free one. */
    readonly managementPort?: number;
    readonly maxConnections: number;
    readonly shutdownDelayMs: number;
    readonly corsOrigins: readonly string[];
    readonly docs: boolean;
  };
  /** Absent in demo. */
  abstract readonly hubster?: HubsterAddresses;
  abstract readonly tenants: TenantsSource;
  /** At least 32 bytes; in demo without `SECRET_KEY` random, so new at each start. */
  abstract readonly secretKey: Secret;
  abstract readonly previousSecretKey?: Secret;
  /** One URL, or several with commas between them; it may hold a password. */
  abstract readonly redisUrl?: Secret;
  abstract readonly cache: {
    readonly freshMs: number;
    readonly listFreshMs: number;
    readonly staleMs: number;
    readonly errorStaleMs: number;
    readonly memoryBytes: number;
  };
  abstract readonly deadlines: { readonly readMs: number; readonly listMs: number; readonly writeMs: number };
  abstract readonly audit: {
    readonly store: VariableValues['AUDIT_STORE'];
    readonly dir: string;
    readonly level: VariableValues['AUDIT_LEVEL'];
    readonly checkpointsDir: string;
    readonly retentionMs: number;
  };
  abstract readonly log: {
    readonly level: VariableValues['LOG_LEVEL'];
    readonly format: 'json' | 'pretty';
    /** Share of successful cached reads that leave a line, 0 to 1. */
    readonly sample: number;
  };
  /** In demo only. */
  abstract readonly sandbox?: { readonly host: string; readonly port: number; readonly quirks: boolean };
  abstract readonly otelEndpoint?: URL;
}
