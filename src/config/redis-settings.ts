import type { Secret } from '../secrets/secret';

interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** A parsed `REDIS_URL`. Only inside a `Secret`, as it has the password in the clear. */
export interface RedisAddress {
  /** `sentinel`: the hosts are Sentinels, which name the primary. */
  readonly topology: 'server' | 'cluster' | 'sentinel';
  readonly hosts: readonly [RedisHost, ...RedisHost[]];
  /** The name of the primary at the Sentinels; otherwise empty. */
  readonly primary: string;
  readonly database: number;
  readonly hasTls: boolean;
  readonly username: string;
  readonly password: string;
}

/** PEM texts. */
export interface RedisCertificates {
  /** The authorities that are trusted in place of those of Node. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: Secret;
}

/** How to connect to one Redis. The functions read the files of variables again, so that a rotated secret needs no restart. */
export interface RedisSettings {
  readonly address: () => Secret<RedisAddress>;
  readonly sentinelPassword: () => Secret | undefined;
  readonly certificates: () => RedisCertificates;
  /** Before the name of each key and channel. */
  readonly prefix: string;
}
