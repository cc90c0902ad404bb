import type { Secret } from '../../secrets/secret';
import type { Config } from '../config';
import type { RedisAddress, RedisSettings } from '../redis-settings';
import type { VariableReader } from './variable-reader';

/** The Redis that replicas share, and the second one for coordination, if there are any. */
export function readRedis(variables: VariableReader): Pick<Config, 'redis' | 'coordinationRedis'> {
  const shared = variables.readAgain('REDIS_URL');
  const coordination = variables.readAgain('REDIS_COORDINATION_URL');
  const rest = sharedSettings(variables, [shared(), coordination()]);
  if (coordination() && !variables.isSet('REDIS_URL'))
    variables.violation('REDIS_URL', 'an address, as REDIS_COORDINATION_URL is set');
  return {
    ...(shared() && { redis: settingsOf(shared, rest) }),
    ...(coordination() && { coordinationRedis: settingsOf(coordination, rest) }),
  };
}

type Rest = Omit<RedisSettings, 'address'>;
type MaybeAddress = Secret<RedisAddress> | undefined;

function sharedSettings(variables: VariableReader, addresses: readonly MaybeAddress[]): Rest {
  const ca = variables.readAgain('REDIS_CA');
  const cert = variables.readAgain('REDIS_CLIENT_CERT');
  const key = variables.readAgain('REDIS_CLIENT_KEY');
  const sentinelPassword = variables.readAgain('REDIS_SENTINEL_PASSWORD');
  if ((cert() === undefined) !== (key() === undefined))
    variables.violation(cert() ? 'REDIS_CLIENT_KEY' : 'REDIS_CLIENT_CERT', 'both, the certificate and its key');
  const hasTls = addresses.some((address) => address?.reveal().hasTls);
  if ((ca() ?? cert()) !== undefined && !hasTls)
    variables.violation('REDIS_URL', 'rediss in place of redis, as certificates are set');
  if (sentinelPassword() && !addresses.some((address) => address?.reveal().topology === 'sentinel'))
    variables.violation('REDIS_URL', 'redis+sentinel://, as REDIS_SENTINEL_PASSWORD is set');
  return {
    prefix: variables.read('REDIS_PREFIX') ?? '',
    sentinelPassword,
    certificates: () => {
      const texts = { ca: ca(), cert: cert(), key: key() };
      return {
        ...(texts.ca !== undefined && { ca: texts.ca }),
        ...(texts.cert !== undefined && { cert: texts.cert }),
        ...(texts.key && { key: texts.key }),
      };
    },
  };
}

function settingsOf(address: () => MaybeAddress, rest: Rest): RedisSettings {
  const first = address();
  if (!first) throw new Error('no address');
  return { ...rest, address: () => address() ?? first };
}
