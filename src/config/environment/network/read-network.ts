import type { NetworkSettings } from '../../network-settings';
import type { VariableReader } from '../variable-reader';

/** Proxies and authorities for the calls to other services. */
export function readNetwork(variables: VariableReader): NetworkSettings {
  return {
    httpProxy: variables.readAgain('HTTP_PROXY'),
    httpsProxy: variables.readAgain('HTTPS_PROXY'),
    noProxy: variables.read('NO_PROXY') ?? [],
    hubsterCa: variables.readAgain('HUBSTER_CA'),
  };
}
