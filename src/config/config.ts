import type { Secret } from '../secrets/secret';
import type { VariableValues } from './environment/variables';
import type { Network, NetworkSettings } from './network-settings';
import type { RedisSettings } from './redis-settings';

/** The source of tenants and callers. */
export type TenantsSource =
  | {
      readonly kind: 'file';
      readonly path: string;
      /** Where tenants may have addresses of their own. */
      readonly hubsterOrigins: readonly string[];
    }
  | {
      readonly kind: 'single';
      readonly clientId: string;
      readonly clientSecret: Secret;
      /** SHA-256 of the caller's key in hexadecimal; the key is not kept. */
      readonly keyHash: string;
    }
  | { readonly kind: 'demo' };

/**
 * Hubster's two services; their paths end with a slash. The class is the token for Nest's injection: those of tenants without
 * their own. In demo they are the sandbox's.
 */
export abstract class HubsterAddresses {
  abstract readonly portalUrl: URL;
  abstract readonly identityUrl: URL;
}

/**
 * The configuration of the process: made once at start by `readConfig`, never changed. The class is the
 * token for Nest's injection. Durations are milliseconds, sizes bytes.
 */
export abstract class Config {
  /** `demo`: with the embedded sandbox in place of Hubster. */
  abstract readonly mode: 'demo' | 'service';
  abstract readonly production: boolean;
  abstract readonly http: {
    readonly host: string;
    /** 0: a free port. */
    readonly port: number;
    /** 0: a free port. */
    readonly managementPort?: number;
    readonly maxConnections: number;
    readonly shutdownDelayMs: number;
    /** The peers whose `Forwarded` and `X-Forwarded-For` are believed. */
    readonly trustedProxies: readonly Network[];
    /** Where clients reach the service, without a slash at its end; empty: URLs are paths. */
    readonly publicUrl: string;
    readonly corsOrigins: readonly string[];
    readonly docs: boolean;
  };
  /** Absent in demo. */
  abstract readonly hubster?: HubsterAddresses;
  /** How Hubster and the issuers of tokens are reached. */
  abstract readonly network: NetworkSettings;
  abstract readonly tenants: TenantsSource;
  /** At least 32 bytes. */
  abstract readonly secretKey: Secret;
  /** Only in demo; `random`: new at each start, as no file could be written. */
  abstract readonly secretKeySource?:
    | { readonly kind: 'variable' | 'random' }
    | { readonly kind: 'file'; readonly path: string };
  abstract readonly previousSecretKey?: Secret;
  /** What replicas share. */
  abstract readonly redis?: RedisSettings;
  /** Apart from `redis`: for idempotency, limits, locks and retired keys. */
  abstract readonly coordinationRedis?: RedisSettings;
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
    /** Present if `store` is `postgres`; the URL may contain a password. */
    readonly database?: { readonly url: Secret; readonly ca?: string };
  };
  abstract readonly log: {
    readonly level: VariableValues['LOG_LEVEL'];
    /** `LOG_LEVEL_FILE`, which is watched. */
    readonly levelFile?: string;
    readonly format: NonNullable<VariableValues['LOG_FORMAT']>;
    /** Share of successful cached reads that are logged, 0 to 1. */
    readonly sample: number;
  };
  /** Only in demo. */
  abstract readonly sandbox?: { readonly host: string; readonly port: number; readonly quirks: boolean };
  abstract readonly otelEndpoint?: URL;
}

/** One violation of the configuration: the place and the expected value, never the value that was found (N1). */
export interface ConfigViolation {
  /** A variable, or a location in the tenants file such as `tenants[0].hubs[1] (line 12)`. */
  readonly name: string;
  readonly expected: string;
}

/** All violations of a configuration at once. The process does not start with an invalid configuration. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly violations: readonly ConfigViolation[]) {
    super(violations.map(({ name, expected }) => `${name}: expected ${expected}`).join('\n'));
  }
}
