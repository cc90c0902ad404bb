import { direct } from './direct/direct.channel';
import { configurationErrors } from './validate-configuration';
import { webChat } from './web-chat/web-chat.channel';

const listed = (errors: ReturnType<typeof configurationErrors>) =>
  errors.map(({ code, pointer }) => `${code} ${pointer}`);

describe('configurationErrors', () => {
  it('reports all violations at once, with their indexes in lists [S-751]', () => {
    const errors = configurationErrors(
      webChat,
      { allowedOrigins: ['hubster.io', 7, '*'], start: [{ type: 'text' }, 'x', { type: 'fax' }], nope: 1 },
      'create',
    );
    expect(listed(errors).sort()).toEqual([
      '206 /configuration/allowedOrigins/2',
      '206 /configuration/start/2/type',
      '301 /configuration/start/0/text',
      '302 /configuration/allowedOrigins/1',
      '302 /configuration/start/1',
      '303 /configuration/nope',
    ]);
  });

  it('uses the codes and the shape of Hubster', () => {
    expect(configurationErrors(webChat, {}, 'create')).toEqual([
      {
        code: 301,
        pointer: '/configuration/allowedOrigins',
        description: "Property 'allowedOrigins' is required. (code: PRT000301)",
      },
    ]);
  });

  it('converts no types [S-751]', () => {
    const wrongTypes = { integrationType: ['Agent'], echo: 1, regenerateKeys: 'true' };
    expect(listed(configurationErrors(direct, wrongTypes, 'update')).sort()).toEqual([
      '302 /configuration/echo',
      '302 /configuration/integrationType',
      '302 /configuration/regenerateKeys',
    ]);
  });

  it.each([
    '{"__proto__": {"integrationType": "Agent"}}',
    '{"constructor": {"prototype": {"integrationType": "Agent"}}}',
  ])('ignores values of a prototype: %s', (json) => {
    const [key = ''] = Object.keys(JSON.parse(json));
    expect(listed(configurationErrors(direct, JSON.parse(json), 'create')).sort()).toEqual([
      '301 /configuration/integrationType',
      `303 /configuration/${key}`,
    ]);
  });

  it('does not change the configuration', () => {
    const configuration = { integrationType: 2, start: [{ type: 'text', text: 'Hi' }] };
    const before = structuredClone(configuration);
    configurationErrors(direct, configuration, 'create');
    expect(configuration).toEqual(before);
  });
});
