import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import { CACHE_MANAGER, CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  Module,
  Param,
  Query,
  UnauthorizedException,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import axios, { type AxiosInstance } from 'axios';
import axiosRetry from 'axios-retry';
import { Exclude, Expose, plainToInstance, Transform, Type } from 'class-transformer';

/** A typical backend for frontends: Express adapter, CacheInterceptor, axios with axios-retry, masking by class-transformer. */
const { PORT = '0', API_KEY = '', UPSTREAM = '' } = process.env;

@Exclude()
class Configuration {
  @Expose() accountSid!: string;
  @Expose() @Transform(() => '********') authToken!: string;
  @Expose() numberSid!: string;
  @Expose() phoneNumber!: string;
  @Expose() capabilities!: object;
}

@Exclude()
class Integration {
  @Expose() integrationId!: string;
  @Expose() hubId!: string;
  @Expose() inboundId!: string;
  @Expose() integrationTypeId!: string;
  @Expose() channelId!: string;
  @Expose() name!: string;
  @Expose() statusId!: number;
  @Expose() @Type(() => Configuration) configuration!: Configuration;
}

@Injectable()
class KeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.switchToHttp().getRequest<IncomingMessage>().headers['x-api-key'] !== API_KEY)
      throw new UnauthorizedException();
    return true;
  }
}

@Injectable()
class TenantCache extends CacheInterceptor {
  protected override trackBy(context: ExecutionContext): string {
    return `bench:${context.switchToHttp().getRequest<IncomingMessage>().url}`;
  }
}

@Controller('api/v1/integrations')
@UseGuards(KeyGuard)
@UseInterceptors(TenantCache)
class IntegrationsController {
  readonly #http: AxiosInstance = axios.create({ baseURL: UPSTREAM, headers: { authorization: 'Bearer stub' } });

  constructor(@Inject(CACHE_MANAGER) readonly cache: object) {
    axiosRetry(this.#http, { retries: 3, retryDelay: axiosRetry.exponentialDelay });
  }

  @Get(':id')
  async one(@Param('id') id: string): Promise<Integration> {
    const { data } = await this.#http.get<object>(`/api/v1/integrations/${id}`);
    return plainToInstance(Integration, data);
  }

  @Get()
  async page(@Query() query: object): Promise<object> {
    const { data } = await this.#http.get<{ results: object[] }>('/api/v1/integrations', { params: query });
    return { ...data, results: plainToInstance(Integration, data.results) };
  }
}

@Module({ imports: [CacheModule.register({ ttl: 3_600_000 })], controllers: [IntegrationsController] })
class BffModule {}

void NestFactory.create(BffModule, new ExpressAdapter(), { logger: false }).then((app) =>
  app.listen(Number(PORT), '127.0.0.1'),
);
