/** The tag of the routes that exist in the demo only. */
export const DEMO_TAG = {
  name: 'demo',
  description: 'Only in the demo: the embedded sandbox fails on request, or signs a webhook as Hubster does.',
};

const operation = (summary: string, request: object, response: object) => ({
  tags: [DEMO_TAG.name],
  summary,
  security: [{ apiKey: [] }, { bearer: [] }],
  requestBody: { required: true, content: { 'application/json': { schema: request } } },
  responses: { '200': { description: 'Done.', content: { 'application/json': { schema: response } } } },
});

const object = (properties: Readonly<Record<string, object>>) => ({
  type: 'object',
  required: Object.keys(properties),
  additionalProperties: false,
  properties,
});

/** OpenAPI paths of the routes of the demo. They are in no published document; the Swagger UI of the demo adds them. */
export const DEMO_OPERATIONS = {
  '/demo/faults': {
    post: {
      operationId: 'failNextCalls',
      ...operation(
        'Lets the next two calls to Hubster fail, to see that Stagedoor repeats them',
        object({ kind: { type: 'string', enum: ['retry'], example: 'retry' } }),
        object({ hint: { type: 'string' } }),
      ),
    },
  },
  '/demo/webhooks': {
    post: {
      operationId: 'signWebhook',
      ...operation(
        'Signs a webhook of an integration, to be verified with POST /api/v1/webhooks/verify',
        object({
          integrationId: { type: 'string', format: 'uuid', example: '00000000-0000-4000-8000-000000000001' },
        }),
        object({
          headers: { type: 'object', additionalProperties: { type: 'string' } },
          body: { type: 'string', description: 'To be sent byte for byte.' },
        }),
      ),
    },
  },
};
