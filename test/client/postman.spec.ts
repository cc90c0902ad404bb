import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT, textOf } from '../support/repository';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const GENERATOR = join(ROOT, 'test/support/postman-collection.cjs');

interface Pair {
  readonly key: string;
  readonly value: string;
  readonly disabled?: boolean;
}

interface Item {
  readonly name: string;
  readonly event?: readonly unknown[];
  readonly request: {
    readonly method: string;
    readonly header: readonly Pair[];
    readonly url: { readonly raw: string; readonly variable: readonly Pair[] };
    readonly body?: { readonly raw: string };
  };
}

interface Collection {
  readonly item: readonly { readonly name: string; readonly item: readonly Item[] }[];
}

const COLLECTION: Collection = JSON.parse(textOf('docs/postman.json'));
const REQUESTS = COLLECTION.item.flatMap(({ item }) => item);

describe('docs/postman.json', () => {
  it('is that of docs/openapi.yaml; npm run openapi writes it', () => {
    const { collectionOf }: { collectionOf: (document: unknown) => unknown } = require(GENERATOR);
    expect(COLLECTION).toEqual(JSON.parse(JSON.stringify(collectionOf(parse(textOf('docs/openapi.yaml'))))));
  });

  it('has each operation of the document', () => {
    const { paths }: { paths: Record<string, object> } = parse(textOf('docs/openapi.yaml'));
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((key) => /^(get|post|put|patch|delete)$/.test(key))
        .map((verb) => `${verb.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    const shown = REQUESTS.map(
      ({ request }) => `${request.method} ${request.url.raw.slice('{{baseUrl}}'.length).split('?')[0]}`,
    );
    expect([...new Set(shown)].sort()).toEqual(operations.sort());
  });
});

/** Sends the requests as Postman does: variables replaced, disabled headers left out. */
describe('the requests of docs/postman.json', () => {
  let stagedoor: Stagedoor;
  const variables = new Map<string, string>();
  const filled = (text: string) => text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => variables.get(name) ?? '');

  async function send({ event, request }: Item): Promise<Response> {
    const url = request.url.variable.reduce(
      (raw, { key, value }) => raw.replace(`:${key}`, filled(value)),
      request.url.raw,
    );
    const headers = request.header
      .filter(({ disabled }) => !disabled)
      .map(({ key, value }): [string, string] => [key, filled(value)]);
    const response = await fetch(filled(url), {
      method: request.method,
      headers: [...headers, ['X-API-Key', stagedoor.keyOf('acme-app')]],
      body: request.body?.raw || null,
    });
    if (event && response.ok) variables.set('integrationId', JSON.parse(await response.clone().text()).integrationId);
    return response;
  }

  beforeAll(async () => {
    // The secrets of the examples are in the document, which everybody can read.
    const shown = REQUESTS.flatMap(({ request }) => (request.body ? [request.body.raw] : []));
    stagedoor = await startStagedoor({ shown });
    variables.set('baseUrl', stagedoor.url).set('hubId', HUBS.acme);
  });
  afterAll(() => stagedoor.close());

  it('are valid, and the creates create', async () => {
    const creates = REQUESTS.filter(({ event }) => event);
    expect(creates.length).toBeGreaterThanOrEqual(6);
    const statuses = new Map<string, number>();
    // A response that is sent back has the ids of the demo; test/e2e/swagger-ui.e2e.spec.ts sends it there.
    const sendable = REQUESTS.filter(({ name }) => !name.includes('sent back'));
    for (const item of sendable) statuses.set(item.name, (await send(item)).status);
    expect(creates.map(({ name }) => [name, statuses.get(name)])).toEqual(creates.map(({ name }) => [name, 200]));
    expect(
      [...statuses].filter(([, status]) => status === 400 || status === 405 || status === 415 || status >= 500),
    ).toEqual([]);
  });
});
