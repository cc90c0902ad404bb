import type { JsonObject } from '../../../json/json-value';
import { MAX_PAGE_NUMBER, MAX_PAGE_SIZE, PAGE_DEFAULTS } from '../../request/parameters';
import { headers, json, type Operation, ref } from '../operation';
import { query } from '../parameter-components';
import { READ_PROBLEMS } from '../problem-groups';
import { integrationExample } from '../schemas/integration-examples';
import { guid, integer } from '../schemas/scalars';

const tag = 'integrations';
const problems = READ_PROBLEMS;
const CONDITIONS = ['CacheControl', 'IfNoneMatch', 'IfMatch'].map((name) => ref('parameters', name));
const NOT_MODIFIED_HEADERS = ['X-Request-Id', 'ETag', 'Age', 'Cache-Status', 'Cache-Control', 'Vary'];
const HEADERS = ['RateLimit', 'RateLimit-Policy', 'Server-Timing', 'Access-Control-Allow-Origin'];

const EXAMPLE = integrationExample('TwilioSMS');

/** Of a read through the cache, with further headers of its own. */
const responsesOf = (description: string, content: JsonObject, ...own: readonly string[]) => ({
  200: { description, headers: headers(...NOT_MODIFIED_HEADERS, ...own, ...HEADERS), content },
  304: { description: 'Your copy is current.', headers: headers(...NOT_MODIFIED_HEADERS, ...own, ...HEADERS) },
});

export const getIntegration: Operation = {
  ...{ id: 'getIntegration', tag, problems },
  summary: 'Reads an integration',
  path: [ref('parameters', 'IntegrationId')],
  parameters: CONDITIONS,
  responses: responsesOf('The integration. Secrets are masked.', json('Integration', { example: EXAMPLE })),
};

export const listIntegrationsByChannel: Operation = {
  ...{ id: 'listIntegrationsByChannel', tag, problems },
  summary: 'Lists the integrations of a hub on one channel',
  path: [ref('parameters', 'HubId'), ref('parameters', 'ChannelType')],
  parameters: CONDITIONS,
  responses: responsesOf('The integrations. Secrets are masked.', json('IntegrationList', { example: [EXAMPLE] })),
};

export const listIntegrations: Operation = {
  ...{ id: 'listIntegrations', tag, problems },
  summary: 'Lists integrations, page by page',
  parameters: [
    query('hubId', 'Only integrations of this hub. Required for a tenant with several listed hubs.', guid),
    query('pageNumber', 'The first page is 0.', {
      ...integer(0, MAX_PAGE_NUMBER),
      default: PAGE_DEFAULTS.pageNumber,
    }),
    query('pageSize', 'Integrations on a page.', { ...integer(1, MAX_PAGE_SIZE), default: PAGE_DEFAULTS.pageSize }),
    ...CONDITIONS,
  ],
  responses: responsesOf(
    'The page, and `Link` to the others. Secrets are masked.',
    json('IntegrationPage', { example: { ...PAGE_DEFAULTS, total: 1, results: [EXAMPLE] } }),
    'Link',
  ),
};
