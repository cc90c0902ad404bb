import { type ArgumentMetadata, createParamDecorator, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { RequestContext } from '../../context/request-context';
import { noQuery, pathGuid } from './parameters';
import { contextOf } from './request-state';

/** A parameter of the path that is a GUID, in lower case. Throws `validation-failed` for anything else. */
export class GuidPipe implements PipeTransform<string, string> {
  transform(value: string, { data = '' }: ArgumentMetadata): string {
    return pathGuid(value, data);
  }
}

/** For routes without query parameters. Throws `validation-failed` for any, which Hubster would ignore (N8). */
export class NoQueryPipe implements PipeTransform<unknown, unknown> {
  transform(query: unknown): unknown {
    noQuery({ query });
    return query;
  }
}

/** The context of a request on a route for callers. */
export const Context = createParamDecorator(
  (_data: unknown, execution: ExecutionContext): RequestContext =>
    contextOf(execution.switchToHttp().getRequest<FastifyRequest>()),
);
