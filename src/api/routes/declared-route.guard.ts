import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Problem } from '../../problems/problem';
import { ROUTE_DECLARATION } from './route-declaration';

/** A tripwire: a controller's route that forgot its declaration was never checked by the hook, so it must not run. */
@Injectable()
export class DeclaredRouteGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.get<unknown>(ROUTE_DECLARATION, context.getHandler()) !== undefined) return true;
    throw new Problem('internal-error', { cause: 'a route without a declaration' });
  }
}
