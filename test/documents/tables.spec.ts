import { parse } from 'yaml';
import { CHANNELS } from '../../src/channels/channel-registry';
import type { FieldDeclaration } from '../../src/channels/field';
import { rowsOfTable, textOf } from '../support/repository';

const README = textOf('README.md');

interface Operation {
  readonly 'x-scope'?: string;
}

const DOCUMENT: { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> } = parse(
  textOf('docs/openapi.yaml'),
);

const VERBS = ['get', 'post', 'put', 'patch', 'delete'];

const inCode = (names: readonly string[]) => names.map((name) => `\`${name}\``);

/** Each operation below the base path, as `GET /api/v1/me: any caller`. */
function operations(): readonly string[] {
  return Object.entries(DOCUMENT.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs)
      .filter(([verb]) => path.startsWith('/api/') && VERBS.includes(verb))
      .map(([verb, operation]) => `${verb.toUpperCase()} ${path}: ${operation['x-scope']}`),
  );
}

/** As the README has them. An update is a POST to the path of a create, with another name for the id. */
function rowsOfApi(): readonly string[] {
  return rowsOfTable(README, 'verb and path').flatMap(([call = '', , scope = '']) => {
    const [verb = ''] = call.split(' ');
    const paths = [...call.matchAll(/`([^`?]+)[^`]*`/g)].map(([, path = '']) => path);
    return paths.map((path) => `${verb} ${path}: ${scope === 'any caller' ? 'any' : scope}`);
  });
}

function masked(fields: readonly FieldDeclaration[]): string {
  const secrets = inCode(fields.filter(({ secret }) => secret).map(({ name }) => name));
  const parts = inCode(fields.filter(({ masksParts }) => masksParts).map(({ name }) => name));
  return [...secrets, ...(parts.length > 0 ? [`parts of ${parts.join(', ')}`] : [])].join(', ');
}

describe('the README', () => {
  it('has at most 200 lines', () => {
    expect(README.trimEnd().split('\n').length).toBeLessThanOrEqual(200);
  });

  it('has each operation of the API, with its scope', () => {
    const update = 'POST /api/v1/integrations/hubs/{integrationId}: integrations:write';
    expect([...rowsOfApi()].sort()).toEqual([...operations(), update].sort());
  });

  it('has each channel, with what a create needs, what is masked, and what an update does', () => {
    const documented = CHANNELS.filter(({ isCreatable }) => isCreatable).map((channel) => {
      const { id, integrationType = '', fields, exactlyOneOf, configurationUpdate } = channel;
      const required = inCode(fields.filter((field) => field.required).map(({ name }) => name)).join(', ');
      const oneOf = exactlyOneOf.length > 0 ? `; ${inCode(exactlyOneOf).join(' or ')}` : '';
      const type = integrationType === 'configuration.integrationType' ? 'of its configuration' : integrationType;
      return [id, type, required + oneOf, masked(fields), configurationUpdate === 'frozen' ? 'is 409' : 'replaces it'];
    });
    const others = CHANNELS.filter(({ isCreatable }) => !isCreatable).map(({ id }) => id);
    const last = [others.join(', '), 'of Hubster', 'cannot be created', 'every value', 'is 409'];
    expect(rowsOfTable(README, 'channel')).toEqual([...documented, last]);
  });
});
