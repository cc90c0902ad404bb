import { type DynamicModule, Module } from '@nestjs/common';
import type { TenantsConfig } from '../config/tenants/tenants-config';
import type { Scope } from '../context/caller';
import { RedisModule } from '../redis/redis.module';
import { Access } from './access';
import { Directory, TENANTS } from './directory';
import { AuthThrottle } from './limits/address-limit';
import { ComparisonLimits } from './limits/comparison-limits';
import { Limits } from './limits/limits';
import { BearerTokens, IDENTITY_URL } from './tokens/bearer-tokens';
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
        { provide: TENANTS, useValue: tenants },
        { provide: IDENTITY_URL, useValue: identityUrl },
        Directory,
        TokenVerifier,
        PortalTokens,
        BearerTokens,
        Limits,
        ComparisonLimits,
        AuthThrottle,
        Access,
      ],
      exports: [Access, Directory, Limits, ComparisonLimits, AuthThrottle],
    };
  }
}
