import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Problem } from '../../problems/problem';
import { ROUTE_DECLARATION } from './route-declaration';

/** Rejects routes without a declaration, as the request hook cannot check them. */
@Injectable()
export class DeclaredRouteGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.get<unknown>(ROUTE_DECLARATION, context.getHandler()) !== undefined) return true;
    throw new Problem('internal-error', { cause: 'a route without a declaration' });
  }
}
