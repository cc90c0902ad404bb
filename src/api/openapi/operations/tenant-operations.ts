import { AUDIT_ACTIONS, AUDIT_OUTCOMES } from '../../../audit/record';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../../request/audit-parameters';
import { headers, json, type Operation, ref } from '../operation';
import { query } from '../parameter-components';
import { AUDITED_PROBLEMS, CALLER_PROBLEMS } from '../problem-groups';
import { instant, integer, oneOfTexts, text } from '../schemas/scalars';

/** A URL has 8 KiB at the most, so no value of the query is longer. */
const QUERY_TEXT = text(8192);
const HEADERS = ['X-Request-Id', 'Vary', 'RateLimit', 'RateLimit-Policy', 'Access-Control-Allow-Origin'];

export const getIdentity: Operation = {
  ...{ id: 'getIdentity', tag: 'caller', problems: CALLER_PROBLEMS },
  summary: 'Shows the caller with its tenants, scopes and hubs',
  responses: {
    200: {
      description:
        'Without `hubs`, the tenant may use every hub that its Hubster credentials can see. Without `tenant`, the caller ' +
        'has several and the request names none.',
      headers: headers(...HEADERS, 'Cache-Control'),
      content: json('Identity'),
    },
  },
};

export const purgeCache: Operation = {
  ...{ id: 'purgeCache', tag: 'cache' },
  summary: 'Purges the cache of the tenant',
  responses: {
    204: {
      description: 'All entries of the tenant are dropped; the next reads load from Hubster.',
      headers: headers(...HEADERS),
    },
  },
  problems: [...AUDITED_PROBLEMS, 'BadBody', 'PreconditionFailed'],
};

export const listAuditEvents: Operation = {
  ...{ id: 'listAuditEvents', tag: 'audit' },
  summary: 'Reads the audit trail of the tenant, newest first',
  description:
    'A page is limited to 1 MiB and to 50,000 searched records, without those that an index leaves out. It can therefore be ' +
    'short or empty and still have a `nextCursor`. With several replicas and trails in files a page and an export have the ' +
    'events of one replica: the page says so in `scope`. With `Accept: application/x-ndjson` the response has ' +
    'all matching events, one a line. Each read of the trail is recorded in it.',
  parameters: [
    query('from', 'At this instant or later (RFC 3339).', instant),
    query('to', 'Before this instant (RFC 3339).', instant),
    query('action', 'Only this action.', oneOfTexts(AUDIT_ACTIONS)),
    query('caller', 'Only events of this caller.', QUERY_TEXT),
    query('target', 'Only events about the integration, hub, tenant or route with this id.', QUERY_TEXT),
    query('outcome', 'Only outcomes of this kind; intents have none.', oneOfTexts(AUDIT_OUTCOMES)),
    query('limit', 'Events on a page. An export ignores it.', { ...integer(1, MAX_LIMIT), default: DEFAULT_LIMIT }),
    query('cursor', 'The `nextCursor` of the previous page.', QUERY_TEXT),
  ],
  responses: {
    200: {
      description: 'The events. Secrets appear as fingerprints only.',
      headers: headers(...HEADERS, 'Cache-Control'),
      content: {
        ...json('AuditEventPage'),
        'application/x-ndjson': { schema: ref('schemas', 'AuditEventLines') },
      },
    },
  },
  problems: [...AUDITED_PROBLEMS, 'BadTenantRequest'],
};
