import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import type { RedisAddress, RedisCertificates } from '../config/redis-settings';

/**
 * A server has to show a certificate for its own name. A cluster or a Sentinel may name servers by their address: for these a
 * certificate for one of the names in `REDIS_URL` is right too.
 */
export function tlsOptions(
  hosts: RedisAddress['hosts'],
  { key, ...certificates }: RedisCertificates,
): ConnectionOptions {
  const names = hosts.map(({ host }) => host).filter((host) => isIP(host) === 0);
  return {
    ...certificates,
    ...(key && { key: key.reveal() }),
    checkServerIdentity: (host, certificate) => {
      const error = checkServerIdentity(host, certificate);
      if (!error || isIP(host) === 0) return error;
      return names.some((name) => !checkServerIdentity(name, certificate)) ? undefined : error;
    },
  };
}
