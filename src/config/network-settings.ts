import type { Secret } from '../secrets/secret';

/** The addresses that share the first `prefix` bits; `prefix` is at least 1. */
export interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** A parsed `HTTPS_PROXY`. Only inside a `Secret`, as it may have a password in the clear. */
export interface ProxyAddress {
  /** Whether the proxy itself is spoken to over TLS. */
  readonly hasTls: boolean;
  /** Of IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** The value of `Proxy-Authorization`; absent without a user. */
  readonly authorization?: string;
}

/** What is reached without a proxy: a network, or a host and the names below it; `*` is every host. A port limits it. */
export type NoProxyRule = { readonly network: Network } | { readonly host: string; readonly port?: number };

/** How other services are reached. The functions read the files of variables again, so that a rotated secret needs no restart. */
export interface NetworkSettings {
  /** For services with http; absent: directly. */
  readonly httpProxy: () => Secret<ProxyAddress> | undefined;
  readonly httpsProxy: () => Secret<ProxyAddress> | undefined;
  readonly noProxy: readonly NoProxyRule[];
  /** Authorities that Hubster's certificates may have besides those of the system, in PEM. */
  readonly hubsterCa: () => string | undefined;
}
