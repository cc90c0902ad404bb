import type { Demo } from '../../config/demo';
import { DEMO_OPERATIONS, DEMO_TAG } from '../demo/demo-operations';
import { UPDATE_EXAMPLES } from '../openapi/schemas/write-examples';

/** The integrations that the sandbox of a demo starts with. */
const INTEGRATIONS = {
  Direct: '00000000-0000-4000-8000-000000000001',
  WebChat: '00000000-0000-4000-8000-000000000002',
  TwilioSMS: '00000000-0000-4000-8000-000000000003',
  Messenger: '00000000-0000-4000-8000-000000000004',
  Slack: '00000000-0000-4000-8000-000000000005',
  System: '00000000-0000-4000-8000-000000000006',
  Telegram: '00000000-0000-4000-8000-000000000007',
  'Direct of globex': '00000000-0000-4000-8000-000000000011',
};

const VERIFY = '/api/v1/webhooks/verify';

type Json = Readonly<Record<string, unknown>>;

/**
 * The document that the Swagger UI of a demo loads: the published one, the operations of the demo, and the ids of its hubs and
 * integrations, so that each example can be sent without an edit.
 */
export function demoDocument(document: Json, { hubs }: Demo): Json {
  const hubNames = Object.entries(hubs).flatMap(([tenant, ids]) =>
    ids.map((id, index) => [`Hub ${index + 1} of ${tenant}`, id] as const),
  );
  const examplesOf: Readonly<Record<string, object>> = {
    hubId: examples(hubNames),
    integrationId: examples(Object.entries(INTEGRATIONS)),
  };
  const withDemo = deepMap(document, (value) => withParameters(withExamples(value, examplesOf)));
  const tags = Array.isArray(withDemo['tags']) ? withDemo['tags'] : [];
  return {
    ...withDemo,
    tags: [...tags, DEMO_TAG],
    paths: { ...withTextBody(withOwnParameters(Object(withDemo['paths']))), ...DEMO_OPERATIONS },
  };
}

function examples(named: readonly (readonly [summary: string, value: string])[]): object {
  return Object.fromEntries(named.map(([summary, value]) => [summary, { summary, value }]));
}

/** A path parameter can be chosen from the ids of the demo. */
function withExamples(value: Json, examplesOf: Readonly<Record<string, object>>): Json {
  const known = value['in'] === 'path' && examplesOf[String(value['name'])];
  if (!known) return value;
  const { example: _example, ...rest } = value;
  return { ...rest, examples: known };
}

/** An example of an update names its integration and its header; the page fills them in (`swagger-examples.js`). */
function withParameters(value: Json): Json {
  const { examples: found } = value;
  if (typeof found !== 'object' || found === null) return value;
  const entries = Object.entries(found).map(([key, example]) => {
    const update = UPDATE_EXAMPLES[key];
    if (!update) return [key, example];
    const id = Object(INTEGRATIONS)[update.channel];
    const needed = { hubId: id, integrationId: id, ...(update.prefer !== undefined && { Prefer: update.prefer }) };
    return [key, { ...example, 'x-parameters': needed }];
  });
  return { ...value, examples: Object.fromEntries(entries) };
}

/** The parameters of a path become those of each operation, as the scripts of the page change the parameters of an operation. */
function withOwnParameters(paths: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  const entries = Object.entries(paths).map(([path, { parameters: shared, ...operations }]) => {
    if (!Array.isArray(shared)) return [path, operations];
    const own = Object.entries(operations).map(([method, operation]) => {
      const { parameters = [] } = Object(operation);
      return [method, { ...Object(operation), parameters: [...shared, ...parameters] }];
    });
    return [path, Object.fromEntries(own)];
  });
  return Object.fromEntries(entries);
}

/** The body of a webhook to verify is pasted as text here, not uploaded as a file. */
function withTextBody(paths: Readonly<Record<string, Json>>): Json {
  const verify = Object(paths[VERIFY]?.['post']);
  const requestBody = { required: true, content: { 'application/json': { schema: { type: 'string' } } } };
  return { ...paths, [VERIFY]: { ...paths[VERIFY], post: { ...verify, requestBody } } };
}

/** A copy in which each object has been replaced, the innermost ones first. */
function deepMap(value: Json, replace: (value: Json) => Json): Json {
  const copy = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(copy);
    return typeof inner === 'object' && inner !== null ? deepMap(Object(inner), replace) : inner;
  };
  return replace(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)])));
}
