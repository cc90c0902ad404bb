import { CHANNEL_IDS } from '../../channels/channel';
import type { JsonObject } from '../../json/json-value';
import { KEY_LENGTH } from '../hooks/idempotency.hook';
import { MAX_ON_BEHALF_OF, REQUEST_ID, TIMEOUT_MS } from '../request/headers';
import { TRACEPARENT } from '../request/trace-context';
import { guid, text } from './schemas/scalars';

/** A hub of the demo, so that "Try it out" works without edits. */
const HUB_EXAMPLE = '3bc1e69f-c520-446f-ab2c-01751fd66a31';
const INTEGRATION_EXAMPLE = '00000000-0000-4000-8000-000000000001';
/** Node reads at most so many bytes of headers. */
const HEADER_LENGTH = 16 * 1024;

interface Parameter {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonObject;
  readonly example?: string;
}

const header = ({ schema, ...rest }: Parameter): JsonObject => ({
  in: 'header',
  required: false,
  ...rest,
  schema:
    schema['maxLength'] === undefined && schema['type'] === 'string' ? { ...schema, maxLength: HEADER_LENGTH } : schema,
});
const path = (parameter: Parameter): JsonObject => ({ in: 'path', required: true, ...parameter });

/** The parameters that several operations have, by component name. Optional headers have no example: Swagger UI would send it. */
export const PARAMETERS = {
  TenantId: header({
    name: 'X-Tenant-Id',
    description:
      'The tenant, for a caller that may act for several. Required for those, where the operation needs one. An empty value counts as absent.',
    schema: text(64),
  }),
  RequestId: header({
    name: 'X-Request-Id',
    description:
      'The id of the request, in the response, the log and the audit trail. A value of another form is replaced.',
    schema: { ...text(128), pattern: REQUEST_ID.source },
  }),
  RequestTimeout: header({
    name: 'X-Request-Timeout-Ms',
    description: `How long the caller waits at the most: ${TIMEOUT_MS.min} to ${TIMEOUT_MS.max} milliseconds. It can only shorten the deadline of the service.`,
    // No integer: generated clients put the values of headers into a record of texts.
    schema: { ...text(6), pattern: '^([1-9][0-9]{2,4}|[12][0-9]{5}|300000)$' },
    example: '5000',
  }),
  OnBehalfOf: header({
    name: 'X-On-Behalf-Of',
    description:
      'The person that the caller acts for. It is recorded in the audit trail, and neither checked nor used. Of a longer text the first 255 characters are recorded.',
    schema: text(MAX_ON_BEHALF_OF),
  }),
  TraceParent: header({
    name: 'traceparent',
    description: 'W3C Trace Context. Its trace id is in the log and the audit trail, and is sent to Hubster.',
    schema: { ...text(55), pattern: TRACEPARENT.source },
  }),
  IfMatch: header({
    name: 'If-Match',
    description: 'The request is rejected with 412 unless the integration has one of these entity tags.',
    schema: { type: 'string' },
  }),
  IfNoneMatch: header({
    name: 'If-None-Match',
    description: 'The entity tag of your copy: 304 if it is current.',
    schema: { type: 'string' },
  }),
  IfNoneMatchOfWrite: header({
    name: 'If-None-Match',
    description:
      'The write is rejected with 412 if the integration has one of these entity tags; with `*`, if it exists.',
    schema: { type: 'string' },
  }),
  IdempotencyKey: header({
    name: 'Idempotency-Key',
    description:
      'One name for one write. A repeated request receives the first response for 24 hours, or for ten minutes if the first request ' +
      'was rejected.',
    schema: { type: 'string', minLength: KEY_LENGTH.min, maxLength: KEY_LENGTH.max },
  }),
  Prefer: header({
    name: 'Prefer',
    description:
      'RFC 7240. `handling=lenient`: a configuration that cannot be updated is dropped, and the other changes are applied.',
    schema: { type: 'string' },
  }),
  CacheControl: header({
    name: 'Cache-Control',
    description:
      'RFC 9111: `no-cache`, `max-age`, `min-fresh`, `max-stale`, `no-store`, `only-if-cached` (504 `not-cached` without a suitable ' +
      'entry). Without it, `Pragma: no-cache` counts.',
    schema: { type: 'string' },
  }),
  RequestMethod: header({
    name: 'Access-Control-Request-Method',
    description: 'Of a preflight request: the verb that a page is going to use.',
    schema: { type: 'string' },
  }),
  RequestHeaders: header({
    name: 'Access-Control-Request-Headers',
    description: 'Of a preflight request: the headers that a page is going to send.',
    schema: { type: 'string' },
  }),
  Origin: header({
    name: 'Origin',
    description: 'The origin of the page. `CORS_ORIGINS` of the service lists those that may call.',
    schema: { type: 'string' },
  }),
  IntegrationId: path({
    name: 'integrationId',
    description: 'The id of the integration.',
    schema: guid,
    example: INTEGRATION_EXAMPLE,
  }),
  HubId: path({ name: 'hubId', description: 'The id of the hub.', schema: guid, example: HUB_EXAMPLE }),
  HubOrIntegrationId: path({
    name: 'hubId',
    description: 'To create: the id of the hub. To update: the id of the integration.',
    schema: guid,
    example: HUB_EXAMPLE,
  }),
  ChannelType: path({
    name: 'channelType',
    description: 'A channel. Its name is accepted in any case, and its number as well.',
    schema: { type: 'string', enum: [...CHANNEL_IDS] },
    example: 'Direct',
  }),
} as const satisfies Readonly<Record<string, JsonObject>>;

/** A parameter of the query; all of them are optional. */
export function query(name: string, description: string, schema: JsonObject): JsonObject {
  return { name, in: 'query', required: false, description, schema };
}
