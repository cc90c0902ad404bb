import type { DocumentedApi } from './documented-api';
import { type GeneratedRequest, UNKNOWN_QUERY } from './generated-requests';

interface Violation {
  readonly pointer?: string;
  readonly parameter?: string;
}

interface Situation {
  readonly api: DocumentedApi;
  /** The channel of each integration that exists. */
  readonly channels: ReadonlyMap<string, string>;
  /** The problem. */
  readonly response: string;
}

/** Headers that may have any value: one of another form is ignored, replaced or cut, as their descriptions say. */
const EMPTY = 'header X-Tenant-Id: must NOT have fewer than 1 characters';
const NEVER_REFUSED = ['X-Request-Id', 'traceparent', 'X-On-Behalf-Of'];
/** A cursor is made by the service, Hubster decides which pages it has, and the channel which secrets. */
const DECIDED_ELSEWHERE: readonly (string | undefined)[] = ['cursor', 'pageNumber', 'field'];

/** Whether the service may take a request that a schema forbids, as the text of the document says. */
export function isAcceptedDespite({ forbidden, template, method }: GeneratedRequest): boolean {
  // Probes and browsers add parameters to requests that need no credentials, which read none.
  const isPublic = !template.startsWith('/api/');
  // It lists the verbs of a path, and reads no parameter.
  if (method === 'OPTIONS') return true;
  return forbidden.every(
    (reason) =>
      (isPublic && reason === UNKNOWN_QUERY) ||
      reason === EMPTY ||
      NEVER_REFUSED.some((name) => reason.startsWith(`header ${name}:`)),
  );
}

/** Whether the service may find a request invalid that the schemas accept: rules between several values, which no schema can say. */
export function isRejectedDespite(generated: GeneratedRequest, { api, channels, response }: Situation): boolean {
  const { errors = [] }: { readonly errors?: readonly Violation[] } = JSON.parse(response);
  return errors.every(
    (error) =>
      isOfOtherChannel(generated, error, api, channels) ||
      isOrigin(error) ||
      isOfSentBack(generated, error, api) ||
      DECIDED_ELSEWHERE.includes(error.parameter),
  );
}

/** An update has to suit the channel of the integration, which only its id determines. */
function isOfOtherChannel(
  { method, target, body = '{}' }: GeneratedRequest,
  { pointer = '' }: Violation,
  api: DocumentedApi,
  channels: ReadonlyMap<string, string>,
): boolean {
  if (!pointer.startsWith('/configuration')) return false;
  const [, channel] = [...channels].find(([id]) => target.endsWith(id)) ?? [];
  const schema = `/components/schemas/${method === 'PATCH' ? 'Patch' : 'Update'}${channel}Configuration`;
  return channel === undefined || !api.requests.accepts(schema, JSON.parse(body).configuration);
}

/** A response that is sent back has to be the one of this integration. */
function isOfSentBack({ body = '{}' }: GeneratedRequest, _error: Violation, api: DocumentedApi): boolean {
  return api.requests.accepts('/components/schemas/SentBackIntegration', JSON.parse(body));
}

/** An origin is a host as URL parsers read it, with names in all scripts: no regular expression says this. */
const isOrigin = ({ pointer = '' }: Violation): boolean => /^\/configuration\/allowedOrigins\/\d+$/.test(pointer);
