import type { JsonObject } from '../../../json/json-value';
import { headers, json, type Operation, ref } from '../operation';
import { PUBLIC_PROBLEMS } from '../problem-groups';

const HEADERS = ['X-Request-Id', 'Vary', 'Access-Control-Allow-Origin'];
const DOCUMENT_HEADERS = headers(...HEADERS, 'ETag', 'Cache-Control');
const MAX_TEXT = 4 * 1024 * 1024;
const common = { tag: 'operations', problems: PUBLIC_PROBLEMS } as const;

export const getLiveness: Operation = {
  ...{ id: 'getLiveness', ...common },
  summary: 'Whether the process runs',
  description: 'It calls no other service. With `MANAGEMENT_PORT` only that port has it.',
  responses: { 200: { description: 'It runs.', headers: headers(...HEADERS), content: json('Liveness') } },
};

export const getReadiness: Operation = {
  ...{ id: 'getReadiness', ...common },
  summary: 'Whether the process accepts requests',
  description: 'A start ends with a first write to the audit trail. With `MANAGEMENT_PORT` only that port has it.',
  responses: {
    200: {
      description: 'It accepts requests. `degraded`: something that it depends on fails.',
      headers: headers(...HEADERS),
      content: json('Readiness'),
    },
    503: { description: 'It starts or stops.', headers: headers(...HEADERS), content: json('Unreadiness') },
  },
};

export const getMetrics: Operation = {
  ...{ id: 'getMetrics', ...common },
  summary: 'Metrics for Prometheus',
  description: 'They name no tenant, caller or id. With `MANAGEMENT_PORT` only that port has them.',
  responses: {
    200: {
      description: 'The text format of Prometheus.',
      headers: headers(...HEADERS),
      content: textContent('text/plain'),
    },
  },
};

/** The document, in one of its formats. */
function documentIn(id: string, format: string, content: JsonObject): Operation {
  return {
    ...{ id, ...common },
    summary: `This document as ${format}`,
    parameters: [ref('parameters', 'IfNoneMatch')],
    responses: {
      200: { description: 'The OpenAPI document.', headers: DOCUMENT_HEADERS, content },
      304: { description: 'Your copy is current.', headers: DOCUMENT_HEADERS },
    },
  };
}

export const getOpenApiJson = documentIn('getOpenApiJson', 'JSON', json('OpenApiDocument'));
export const getOpenApiYaml = documentIn('getOpenApiYaml', 'YAML', textContent('text/yaml'));

function textContent(type: string): JsonObject {
  return { [type]: { schema: { type: 'string', maxLength: MAX_TEXT } } };
}
