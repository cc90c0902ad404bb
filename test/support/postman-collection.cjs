// A Postman collection (format 2.1) from an OpenAPI document: a folder a tag, a request an example. Bruno and Insomnia import it.
const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';
const VERBS = ['get', 'post', 'put', 'patch', 'delete'];
/** The id of the created integration is that of the requests that follow. */
const KEEP_ID = [
  'const { integrationId } = pm.response.code === 200 ? pm.response.json() : {};',
  "if (integrationId) pm.collectionVariables.set('integrationId', integrationId);",
];

/** Follows references within the document. */
const resolver = (document) => (value) =>
  value?.$ref
    ? value.$ref
        .slice(2)
        .split('/')
        .reduce((node, key) => node[key.replaceAll('~1', '/').replaceAll('~0', '~')], document)
    : value;

/** A value that shows what a parameter is: its example, its default or its first alternative. */
function sampleOf({ example, schema = {} }) {
  return String(example ?? schema.example ?? schema.examples?.[0] ?? schema.default ?? schema.enum?.[0] ?? '');
}

/** The collection's variable for an id. An update by POST has the id of the integration where a create has that of the hub. */
function variableOf({ name, schema }, body) {
  if (schema.format !== 'uuid') return undefined;
  return body !== undefined && !creates(body) ? '{{integrationId}}' : `{{${name}}}`;
}

const creates = (body) => body?.channelId !== undefined && body.integrationId === undefined;

function requestOf({ path, verb, operation, parameters, name, body, type }) {
  const of = (place) => parameters.filter((parameter) => parameter.in === place);
  const query = of('query').map((parameter) => ({
    key: parameter.name,
    value: sampleOf(parameter),
    description: parameter.description,
    disabled: parameter.required !== true,
  }));
  const header = of('header').map((parameter) => ({
    key: parameter.name,
    value: sampleOf(parameter),
    description: parameter.description,
    disabled: parameter.required !== true,
  }));
  const sent = query.filter(({ disabled }) => !disabled).map(({ key, value }) => `${key}=${value}`);
  const filled = path.replaceAll(/\{(\w+)\}/g, ':$1');
  return {
    name,
    ...(verb === 'post' &&
      creates(body) && { event: [{ listen: 'test', script: { type: 'text/javascript', exec: KEEP_ID } }] }),
    request: {
      method: verb.toUpperCase(),
      ...(operation.security?.length === 0 && { auth: { type: 'noauth' } }),
      description: operation.description,
      header: [...header, ...(type ? [{ key: 'Content-Type', value: type }] : [])],
      url: {
        raw: `{{baseUrl}}${filled}${sent.length > 0 ? `?${sent.join('&')}` : ''}`,
        host: ['{{baseUrl}}'],
        path: filled.slice(1).split('/'),
        query,
        variable: of('path').map((parameter) => ({
          key: parameter.name,
          value: variableOf(parameter, body) ?? sampleOf(parameter),
          description: parameter.description,
        })),
      },
      ...(type && {
        body: {
          mode: 'raw',
          raw: body === undefined ? '' : JSON.stringify(body, undefined, 2),
          options: { raw: { language: 'json' } },
        },
      }),
    },
    response: [],
  };
}

/** One request for each example of the body, or one without. */
function requestsOf(resolve, path, verb, item) {
  const operation = item[verb];
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolve);
  const [[type, media] = []] = Object.entries(resolve(operation.requestBody)?.content ?? {});
  const examples = Object.entries(media?.examples ?? {}).map(([key, example]) => [key, resolve(example)]);
  const common = { path, verb, operation, parameters, type: type === '*/*' ? 'application/octet-stream' : type };
  const { summary } = operation;
  if (examples.length === 0) return [requestOf({ ...common, name: summary, body: media?.example })];
  return examples.map(([key, { summary: title = key, value }]) => requestOf({ ...common, name: title, body: value }));
}

/** `example` of the first parameter with this name. */
function exampleOf(resolve, document, name) {
  const operations = Object.values(document.paths).flatMap((item) => VERBS.flatMap((verb) => item[verb] ?? []));
  const parameters = operations.flatMap((operation) => operation.parameters ?? []).map(resolve);
  return (
    parameters
      .filter((parameter) => parameter.name === name)
      .map(sampleOf)
      .find((value) => value !== '') ?? ''
  );
}

function collectionOf(document) {
  const resolve = resolver(document);
  const folders = new Map(
    (document.tags ?? []).map(({ name, description }) => [name, { name, description, item: [] }]),
  );
  for (const [path, item] of Object.entries(document.paths)) {
    for (const verb of VERBS.filter((known) => item[known])) {
      const [tag = 'other'] = item[verb].tags ?? [];
      if (!folders.has(tag)) folders.set(tag, { name: tag, item: [] });
      folders.get(tag).item.push(...requestsOf(resolve, path, verb, item));
    }
  }
  return {
    info: {
      name: document.info.title,
      description: document.info.description,
      version: document.info.version,
      schema: SCHEMA,
    },
    auth: {
      type: 'apikey',
      apikey: [
        { key: 'in', value: 'header' },
        { key: 'key', value: 'X-API-Key' },
        { key: 'value', value: '{{apiKey}}' },
      ],
    },
    variable: [
      { key: 'baseUrl', value: 'http://127.0.0.1:3000' },
      { key: 'apiKey', value: '' },
      { key: 'hubId', value: exampleOf(resolve, document, 'hubId') },
      { key: 'integrationId', value: exampleOf(resolve, document, 'integrationId') },
    ],
    item: [...folders.values()].filter(({ item }) => item.length > 0),
  };
}

module.exports = { collectionOf };
