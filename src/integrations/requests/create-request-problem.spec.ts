import fc from 'fast-check';
import { errorsOf, problemOf, valid } from '../../../test/support/integrations/create-body';
import { CHANNELS } from '../../channels/channel-registry';
import type { JsonObject, JsonValue } from '../../json/json-value';
import { MASK } from '../../secrets/secret';
import { readCreate } from './create-request';

const CANARY = 'canary-9d2e';

describe('a create with masks', () => {
  const masked = { ...valid, name: `x${MASK}`, configuration: { ...valid.configuration, authToken: MASK } };

  it('is mask-in-value if nothing else is wrong [S-315]', () => {
    expect(problemOf(masked)?.code).toBe('mask-in-value');
    expect(errorsOf(masked)).toEqual(['206 /configuration/authToken', '206 /name']);
  });

  it.each([
    ['the status', { statusId: 1 }],
    ['the channel', { channelId: 'Fax' }],
    ['an unknown key', { bogus: 1 }],
    ['the configuration', { configuration: { authToken: MASK } }],
  ])('is validation-failed if %s is wrong, too [S-315]', (_what, wrong) => {
    expect(problemOf({ ...masked, ...wrong })?.code).toBe('validation-failed');
  });

  it('reports only the mask, whatever other rule the value breaks [S-315]', () => {
    const configuration = { integrationType: 'Agent', webhookUrl: MASK };
    expect(errorsOf({ ...valid, channelId: 'Direct', configuration })).toEqual(['206 /configuration/webhookUrl']);
  });
});

describe('the problem of a create', () => {
  const names = CHANNELS.flatMap(({ fields }) => fields.map(({ name }) => name));
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(CANARY, ` ${CANARY}`, `${CANARY}${MASK}`, `ftp://${CANARY}`, CANARY.repeat(500)),
      fc.constantFrom<JsonValue>(null, true, 3000, 0.5),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('type', 'text', 'a/b'), tie('value'), { maxKeys: 3 }),
    ),
  }));
  const body = fc
    .record(
      {
        channelId: fc.oneof(fc.constantFrom(...CHANNELS.map(({ id }) => id)), value),
        name: value,
        statusId: value,
        configuration: fc.oneof(fc.dictionary(fc.constantFrom('bogus', ...names), value), value),
        secrets: value,
        bogus: value,
      },
      { requiredKeys: [] },
    )
    .map((fields): JsonObject => ({ ...fields }));

  it('never contains the rejected value [S-751]', () => {
    fc.assert(
      fc.property(body, (sent) => {
        const problem = problemOf(sent);
        if (problem) expect(problem.message + JSON.stringify(problem.details)).not.toContain('canary');
      }),
      { numRuns: 300 },
    );
  });

  it('is a problem of the registry whatever the body, and no create contains a mask [S-751]', () => {
    const any = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...Object.keys(valid))), fc.jsonValue());
    fc.assert(
      fc.property(any, body, (others, sent) => {
        const read: JsonObject = JSON.parse(JSON.stringify({ ...sent, ...others }));
        if (!problemOf(read)) expect(JSON.stringify(readCreate(read).configuration.reveal())).not.toContain(MASK);
      }),
    );
  });

  it('reports the key constructor in the configuration, but not below [S-109]', () => {
    const start = [{ type: 'text', text: 'Hi', constructor: 'x' }];
    const command = readCreate({ ...valid, channelId: 'WebChat', configuration: { allowedOrigins: ['a.io'], start } });
    expect(command.configuration.reveal()).toMatchObject({ start });
    expect(errorsOf({ ...valid, configuration: { ...valid.configuration, constructor: 'x' } })).toEqual([
      '303 /configuration/constructor',
    ]);
  });
});
