import { noProxyRule, proxyAddress } from '../../src/config/environment/network/proxy-variables';
import type { NetworkSettings } from '../../src/config/network-settings';

interface Variables {
  readonly proxy?: string;
  readonly noProxy?: readonly string[];
  readonly ca?: string;
}

/** As variables of the environment set it; by default without proxy and authorities. */
export function networkSettings({ proxy, noProxy = [], ca }: Variables = {}): NetworkSettings {
  const address = proxy === undefined ? undefined : proxyAddress().parse(proxy);
  return {
    httpProxy: () => address,
    httpsProxy: () => address,
    noProxy: noProxy.flatMap((text) => noProxyRule().parse(text) ?? []),
    hubsterCa: () => ca,
  };
}
