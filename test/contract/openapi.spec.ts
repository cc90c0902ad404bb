import { Ajv2020 } from 'ajv/dist/2020';
import * as formats from 'ajv-formats';
import { RequestHook } from '../../src/api/hooks/request.hook';
import { CHANNELS } from '../../src/channels/channel-registry';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/json/json-value';
import { PROBLEM_CODES, PROBLEM_KINDS } from '../../src/problems/problem-registry';
import { MASK } from '../../src/secrets/secret';
import { type Stagedoor, startStagedoor } from '../support/stagedoor';

/** Pages for people with their assets, and the figures of tenants, which are on the management port only. */
const NOT_OF_THE_API = /^\/((docs|assets)(\/.*)?|tenants)?$/;
const VERBS = ['get', 'head', 'post', 'patch', 'delete', 'options'];
const ID = '3bc1e69f-c520-446f-ab2c-01751fd66a31';

interface Described {
  readonly path: string;
  readonly verb: string;
  readonly operation: JsonObject;
}

describe('the OpenAPI document', () => {
  let stagedoor: Stagedoor;
  let document: JsonObject;
  let text: string;
  let operations: readonly Described[];
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);

  beforeAll(async () => {
    stagedoor = await startStagedoor();
    const response = await stagedoor.as().get('/openapi.json').expect(200);
    document = response.body;
    text = response.text;
    operations = Object.entries(at('paths')).flatMap(([path, item]) =>
      Object.entries(objectOf(item))
        .filter(([verb]) => VERBS.includes(verb))
        .map(([verb, operation]) => ({ path, verb, operation: objectOf(operation) })),
    );
    ajv.addSchema({ ...document, $id: 'document' });
  });
  afterAll(() => stagedoor.close());

  const at = (...path: readonly string[]) => path.reduce((value, key) => objectOf(value[key]), document);
  const follow = (value: JsonValue | undefined): JsonObject => {
    const object = objectOf(value);
    const { $ref } = object;
    return typeof $ref === 'string' ? at(...$ref.split('/').slice(1)) : object;
  };
  const accepts = (schema: string, value: unknown) =>
    ajv.validate({ $ref: `document#/components/schemas/${schema}` }, value);
  const statusesOf = ({ operation }: Described) => Object.keys(objectOf(operation['responses']));

  it('has every route with every verb, and nothing else', () => {
    const routes = stagedoor.app.get(RequestHook).routes.routes.filter(({ url }) => !NOT_OF_THE_API.test(url));
    const registered = routes.flatMap(({ url, methods }) =>
      methods.map((method) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`),
    );
    const options = [...new Set(registered.map((route) => route.replace(/^\w+/, 'OPTIONS')))];
    const described = operations.map(({ path, verb }) => `${verb.toUpperCase()} ${path}`);
    expect(described.sort()).toEqual([...registered, ...options].sort());
  });

  it('names what `Allow` has, and 405 for any other verb', async () => {
    for (const { path, operation } of operations.filter(({ verb }) => verb === 'options')) {
      const url = path.replaceAll(/\{\w+\}/g, ID);
      const { headers } = await stagedoor.as().options(url).expect(204);
      expect([path, operation['summary']]).toEqual([path, `Lists the verbs: ${headers['allow']}`]);
      const other = await stagedoor.as().put(url).expect(405);
      expect([path, other.headers['allow']]).toEqual([path, headers['allow']]);
      expect(Object.keys(objectOf(operation['responses']))).toContain('405');
    }
  });

  it('gives each operation an id of its own, a tag that is described, and the scope of its route', () => {
    const ids = operations.map(({ operation }) => String(operation['operationId']));
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(ids).toEqual(expect.arrayContaining(['createOrUpdateIntegration', 'getIntegration', 'patchIntegration']));
    const tags = listOf(document['tags']).map((tag) => objectOf(tag)['name']);
    for (const { path, verb, operation } of operations) {
      const [tag] = listOf(operation['tags']);
      expect([path, tags.includes(tag ?? '')]).toEqual([path, true]);
      const isForCallers = path.startsWith('/api/') && verb !== 'options';
      expect([path, verb, 'x-scope' in operation]).toEqual([path, verb, isForCallers]);
      expect([path, verb, operation['security']]).toEqual([path, verb, isForCallers ? undefined : []]);
      const scope = operation['x-scope'];
      const access = scope === 'any' ? 'Allowed for every caller.' : `Requires the scope \`${scope}\`.`;
      expect(operation['description']).toContain(isForCallers ? access : 'Needs no credentials.');
    }
  });

  it('has the statuses of every request, and those of callers', () => {
    for (const described of operations.filter(({ verb }) => !['head', 'options'].includes(verb))) {
      const { path, verb } = described;
      const always = ['400', '404', '408', '413', '414', '415', '417', '431', '500', '501'];
      const ofCallers = path.startsWith('/api/') ? ['401', '403', '429', '502', '503', '504'] : [];
      expect([verb, path, statusesOf(described)]).toEqual([
        verb,
        path,
        expect.arrayContaining([...always, ...ofCallers]),
      ]);
    }
  });

  it('refers to components that exist, and has none that nothing refers to', () => {
    const references = new Set(
      [...text.matchAll(/"#\/components\/(\w+)\/([\w-]+)"/g)].map(([, ...names]) => names.join('/')),
    );
    const sections = ['parameters', 'headers', 'responses', 'schemas', 'examples'];
    const components = sections.flatMap((section) =>
      Object.keys(at('components', section)).map((name) => `${section}/${name}`),
    );
    expect([...references].sort()).toEqual(components.sort());
  });

  it('documents every problem, with examples that are the service’s own', () => {
    const documented = new Set<JsonValue>();
    for (const [name, response] of Object.entries(at('components', 'responses'))) {
      const content = objectOf(objectOf(objectOf(response)['content'])['application/problem+json']);
      const schema = `${name}Problem`;
      for (const [code, reference] of Object.entries(objectOf(content['examples']))) {
        const { value } = follow(reference);
        expect([name, code, accepts(schema, value), ajv.errors]).toEqual([name, code, true, null]);
        const { title } = Object(PROBLEM_KINDS)[code];
        expect(value).toMatchObject({ code, title, type: `/problems/${code}` });
        documented.add(code);
        expect(accepts(schema, { ...objectOf(value), code: 'another' })).toBe(false);
      }
    }
    expect([...documented].sort()).toEqual([...PROBLEM_CODES].sort());
  });

  it('says of no read or delete that a name is taken', () => {
    const codesOf = (verb: string) =>
      operations
        .filter((described) => described.verb === verb)
        .flatMap(({ operation }) => Object.values(objectOf(operation['responses'])))
        .map((response) => String(follow(response)['description']));
    expect(
      codesOf('get')
        .concat(codesOf('delete'))
        .filter((text) => /name-taken|channel-taken/.test(text)),
    ).toEqual([]);
    expect(codesOf('post').filter((text) => text.includes('name-taken'))).not.toEqual([]);
  });

  it.each(CHANNELS)('accepts an integration of $id, but no secret or undocumented value of it [S-755]', (channel) => {
    const secret = channel.fields.find((field) => field.secret)?.name ?? 'undocumented';
    const integration = (configuration: object) => ({
      ...{ integrationId: ID, hubId: ID, channelId: channel.id, name: 'x', statusId: 3001, secrets: {} },
      configuration,
    });
    expect(accepts('Integration', integration({ [secret]: MASK, undocumented: MASK }))).toBe(true);
    if (!channel.isCreatable) return;
    expect(accepts('Integration', integration({ [secret]: 'shown' }))).toBe(false);
    expect(accepts('Integration', integration({ undocumented: 'shown' }))).toBe(false);
  });

  it('accepts a list with a channel that it does not know', () => {
    const unknown = { integrationId: ID, hubId: ID, channelId: '2001', configuration: { a: MASK }, secrets: {} };
    expect(accepts('IntegrationPage', { pageNumber: 0, pageSize: 50, total: 1, results: [unknown] })).toBe(true);
  });

  it.each([
    ['/api/v1/integrations/hubs/{hubId}', 'post', 'CreateOrUpdateBody'],
    ['/api/v1/integrations/{integrationId}', 'patch', 'PatchBody'],
  ])('has examples for %s that its schema accepts', (path, verb, schema) => {
    const content = objectOf(objectOf(at('paths', path, verb, 'requestBody', 'content'))['application/json']);
    const examples = Object.entries(objectOf(content['examples']));
    expect(examples.length).toBeGreaterThanOrEqual(7);
    for (const [name, example] of examples) {
      expect([name, accepts(schema, objectOf(example)['value']), ajv.errors]).toEqual([name, true, null]);
    }
  });

  it.each([
    ['CreateSlack', { code: 'x', state: 'x' }, true],
    ['CreateSlack', { code: 'x', nonce: 'x' }, true],
    ['CreateSlack', { code: 'x', state: 'x', nonce: 'x' }, false],
    ['CreateSlack', { code: 'x' }, false],
    ['CreateWebChat', { allowedOrigins: ['x'], regenerateKeys: true }, false],
    ['UpdateDirect', { regenerateKeys: true }, true],
    ['UpdateSystem', { regenerateKeys: true }, false],
    ['PatchDirect', { webhookUrl: null }, true],
    ['PatchSystem', { events: null }, false],
  ])('takes for %s the configuration %j: %s [S-251, S-303, S-306, S-327]', (name, configuration, isAccepted) => {
    expect(accepts(`${name}Configuration`, configuration)).toBe(isAccepted);
  });

  it('has no id of a requirement, and no keyword that splits the types of generated clients', () => {
    expect(text.match(/\bS-\d{3}\b/g)).toBeNull();
    expect(text).not.toMatch(/"(?:readOnly|writeOnly)":(?:true|false)/);
  });

  it('has the version and the license of the package', () => {
    const { version, license } = Object(require('../../package.json'));
    expect(document['info']).toMatchObject({ version, license: { identifier: license } });
  });
});

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
