import { BlockList, isIP } from 'node:net';
import type { NetworkSettings, NoProxyRule, ProxyAddress } from '../config/network-settings';
import type { Secret } from '../secrets/secret';

/** Where a connection goes to. */
export interface Target {
  readonly protocol: string;
  /** Of IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
}

const LOOPBACK = /^(?:(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|::1)$/i;

/** Chooses the proxy of a connection by `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`. The loopback is never reached by one. */
export class ProxyChoice {
  readonly #networks = new BlockList();
  readonly #hosts: readonly Extract<NoProxyRule, { readonly host: string }>[];

  constructor(private readonly settings: NetworkSettings) {
    this.#hosts = settings.noProxy.flatMap((rule) => ('host' in rule ? [rule] : []));
    for (const rule of settings.noProxy) {
      if ('network' in rule) this.#networks.addSubnet(rule.network.address, rule.network.prefix, rule.network.family);
    }
  }

  proxyFor(target: Target): Secret<ProxyAddress> | undefined {
    const { httpProxy, httpsProxy } = this.settings;
    const proxy = target.protocol === 'https:' ? httpsProxy() : httpProxy();
    return proxy && !LOOPBACK.test(target.hostname) && !this.#isExempt(target) ? proxy : undefined;
  }

  #isExempt({ hostname, port }: Target): boolean {
    const name = hostname.toLowerCase();
    const version = isIP(name);
    if (version !== 0 && this.#networks.check(name, version === 4 ? 'ipv4' : 'ipv6')) return true;
    return this.#hosts.some(
      (rule) =>
        (rule.port === undefined || rule.port === port) &&
        (rule.host === '*' || rule.host === name || name.endsWith(`.${rule.host}`)),
    );
  }
}
