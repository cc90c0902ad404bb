import { type DynamicModule, Module } from '@nestjs/common';
import { Clock } from '../clock/clock';
import type { TenantsConfig } from '../config/tenants/tenants-config';
import type { Scope } from '../context/caller';
import { PortalTokenVerifier } from '../context/tenant';
import { LOGGER, type Logger } from '../observability/logger';
import { Metrics } from '../observability/metrics';
import { Redis } from '../redis/redis';
import { RedisModule } from '../redis/redis.module';
import { SecretKeys } from '../secrets/secret-keys';
import { Access } from './access';
import { Directory } from './directory';
import { AuthThrottle } from './limits/auth-throttle';
import { ComparisonLimits } from './limits/comparison-limits';
import { Limits } from './limits/limits';
import { BearerTokens } from './tokens/bearer-tokens';
import { keyFetcher } from './tokens/fetch-keys';
import { portalTokenFormat } from './tokens/portal-token-format';
import { PortalTokens } from './tokens/portal-tokens';
import { TokenVerifier } from './tokens/token-verifier';

@Module({})
export class AccessModule {
  static of(tenants: TenantsConfig<Scope>, identityUrl: URL): DynamicModule {
    return {
      module: AccessModule,
      imports: [RedisModule],
      global: true,
      providers: [
        {
          provide: Directory,
          inject: [SecretKeys],
          useFactory: (keys: SecretKeys) => new Directory(tenants, keys),
        },
        {
          provide: TokenVerifier,
          inject: [Clock, LOGGER, Metrics],
          useFactory: (clock: Clock, logger: Logger, metrics: Metrics) =>
            new TokenVerifier(clock, keyFetcher(logger, metrics)),
        },
        {
          provide: Limits,
          inject: [Clock, Redis],
          useFactory: (clock: Clock, redis: Redis) => new Limits(clock, redis),
        },
        {
          provide: ComparisonLimits,
          inject: [Clock, Redis],
          useFactory: (clock: Clock, redis: Redis) => new ComparisonLimits(clock, redis),
        },
        AuthThrottle,
        {
          provide: BearerTokens,
          inject: [Directory, TokenVerifier, PortalTokenVerifier, SecretKeys, Clock],
          useFactory: (
            directory: Directory,
            tokens: TokenVerifier,
            portal: PortalTokenVerifier,
            keys: SecretKeys,
            clock: Clock,
          ) => {
            const portalTokens = new PortalTokens(directory, portal, keys, clock);
            return new BearerTokens(directory, tokens, portalTokens, portalTokenFormat(identityUrl), clock);
          },
        },
        Access,
      ],
      exports: [Access, Directory, Limits, ComparisonLimits, AuthThrottle],
    };
  }
}
