import { Controller, Header, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DEMO, type Demo, type DemoSandbox } from '../../config/demo';
import { guidOf } from '../../context/request-context';
import type { JsonObject } from '../../json/json-value';
import { invalidRequest, Problem } from '../../problems/problem';
import { pointerOf, violation } from '../../problems/violation';
import { bodyOf } from '../request/body';
import { NoQueryPipe } from '../request/pipes';
import { contextOf } from '../request/request-state';
import { ForCallers } from '../routes/route-declaration';

const UNSUPPORTED_VALUE = 206;
const REQUIRED = 301;
const UNKNOWN = 303;
const NO_GUID = 305;

/** As many failures as a read survives: its third attempt succeeds. */
const FAILURES = 2;
const HINT =
  'The next two calls of this tenant to Hubster get 503. Send a read with `Cache-Control: no-cache`: it is tried three times ' +
  'and succeeds, and its `Server-Timing` has attempts;desc="3".';

const NO_AUDIT = { none: 'It concerns the embedded sandbox only and changes no data of a tenant.' };

/** The routes of the demo: they let its sandbox do what Hubster does of its own accord. */
@Controller('demo')
export class DemoController {
  readonly #sandbox: DemoSandbox;

  constructor(@Inject(DEMO) demo: Demo) {
    this.#sandbox = demo.sandbox;
  }

  @Post('faults')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ForCallers('any', NO_AUDIT)
  fail(@Query(NoQueryPipe) _query: unknown, @Req() request: FastifyRequest): { readonly hint: string } {
    const kind = soleMember(bodyOf(request), 'kind');
    if (kind !== 'retry') throw invalidRequest([violation(UNSUPPORTED_VALUE, '/kind', 'The only kind is `retry`.')]);
    this.#sandbox.failNextCalls(contextOf(request).tenant.id, FAILURES);
    return { hint: HINT };
  }

  @Post('webhooks')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ForCallers('any', NO_AUDIT)
  sign(@Query(NoQueryPipe) _query: unknown, @Req() request: FastifyRequest): object {
    const integrationId = guidOf(soleMember(bodyOf(request), 'integrationId'));
    if (integrationId === undefined) throw invalidRequest([violation(NO_GUID, '/integrationId')]);
    const { tenant } = contextOf(request);
    const body = JSON.stringify({ type: 'message', integrationId, text: 'Hello from the sandbox' });
    const webhook = this.#sandbox.signWebhook(tenant.id, integrationId, body);
    if (!webhook) throw new Problem('not-found', { detail: 'The tenant has no such integration that signs webhooks.' });
    return webhook;
  }
}

/** The value of the only member that the body may have. */
function soleMember(body: JsonObject, name: string): unknown {
  const { [name]: value, ...others } = body;
  const errors = Object.keys(others).map((other) => violation(UNKNOWN, pointerOf(other)));
  if (value === undefined) errors.push(violation(REQUIRED, pointerOf(name)));
  if (errors.length > 0) throw invalidRequest(errors);
  return value;
}
