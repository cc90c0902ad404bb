import { Controller, Get, Query } from '@nestjs/common';
import { invalidRequest } from '../../problems/problem';
import { parameterViolation } from '../../problems/violation';
import { FiguresOfTenants, type TenantPage } from '../operations/tenant-figures';
import { ForEverybody } from '../routes/route-declaration';

const MAX_LIMIT = 1000;
const DEFAULT_LIMIT = '100';
const MAX_ID_LENGTH = 256;

/** Figures of each tenant, on the management port and with `MANAGEMENT_TENANTS` only: they name tenants. */
@Controller('tenants')
export class TenantsController {
  constructor(private readonly figures: FiguresOfTenants) {}

  /** `after`: the last id of the page before. Anything else than `after` and `limit` is 400. */
  @Get()
  @ForEverybody('It is served on the management port only, and not unless MANAGEMENT_TENANTS is on.', {
    isManagement: true,
    namesTenants: true,
  })
  read(@Query() query: Readonly<Record<string, unknown>>): TenantPage {
    const { after = '', limit = DEFAULT_LIMIT, ...unknown } = query;
    const [name] = Object.keys(unknown);
    if (name !== undefined) throw invalidRequest([parameterViolation(303, 'query')]);
    if (typeof after !== 'string' || after.length > MAX_ID_LENGTH)
      throw invalidRequest([parameterViolation(206, 'after')]);
    if (typeof limit !== 'string' || !/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > MAX_LIMIT)
      throw invalidRequest([parameterViolation(206, 'limit', `A number from 1 to ${MAX_LIMIT}.`)]);
    return this.figures.page(after, Number(limit));
  }
}
