import { type DynamicModule, Module } from '@nestjs/common';
import type { TenantsConfig } from '../config/tenants-config';
import type { Scope } from '../context/scope';
import { Access } from './access';
import { Directory } from './directory';

@Module({})
export class AccessModule {
  static of(tenants: TenantsConfig<Scope>): DynamicModule {
    return {
      module: AccessModule,
      global: true,
      providers: [{ provide: Directory, useValue: new Directory(tenants) }, Access],
      exports: [Access],
    };
  }
}
