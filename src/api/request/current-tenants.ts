import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Access } from '../../access/access';
import type { RequestContext } from '../../context/request-context';
import { Problem } from '../../problems/problem';
import { contextOf } from './request-state';

/** The tenants file may be replaced while a request runs; its response must suit the new one (S-016). */
@Injectable()
export class CurrentTenants {
  constructor(private readonly access: Access) {}

  /** Reads, and reads again if the visibility of the tenant has changed meanwhile. Throws `forbidden` if the tenant was removed. */
  async read<T>(request: FastifyRequest, read: (context: RequestContext) => Promise<T>): Promise<T> {
    for (;;) {
      const context = contextOf(request);
      const response = await read(context);
      const tenant = this.access.current(context.tenant);
      if (tenant?.visibility === context.tenant.visibility) return response;
      if (!tenant) throw new Problem('forbidden', { detail: 'The caller may not act for this tenant.' });
      request.state.context = { ...context, tenant };
    }
  }
}
