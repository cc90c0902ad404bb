import {
  direct,
  HUB,
  ID,
  patch,
  plan,
  post,
  problemOf,
  system,
  twilio,
} from '../../test/support/integrations/planned-update';
import type { Integration } from '../hubster/integration';
import { MASK } from '../secrets/secret';

describe('an update in general', () => {
  it('sends only the members of the request; a rename keeps the status [S-301]', () => {
    expect(post(twilio, { name: 'New' })).toEqual({ name: 'New', warnings: [] });
    expect(patch(twilio, { statusId: 3002 })).toEqual({ statusId: 3002, warnings: [] });
  });

  it.each(['replace', 'merge'] as const)(
    'drops current values of immutable fields, in any spelling, with a warning (%s) [S-302]',
    (mode) => {
      const immutableFields = { channelId: 'twiliosms', hubId: HUB.toUpperCase(), integrationTypeId: 2 };
      expect(plan(twilio, mode, { ...immutableFields, name: 'New' })).toEqual({
        name: 'New',
        warnings: [
          'current-value-dropped /channelId',
          'current-value-dropped /hubId',
          'current-value-dropped /integrationTypeId',
        ],
      });
    },
  );

  it.each([
    ['channelId', 'Direct'],
    ['channelId', 1],
    ['channelId', 'Fax'],
    ['channelId', null],
    ['hubId', ID],
    ['hubId', 'x'],
    ['hubId', null],
    ['integrationTypeId', 'Agent'],
    ['integrationTypeId', 3],
    ['integrationTypeId', null],
  ])('rejects another %s: %j [S-302, S-325]', (field, value) => {
    expect(problemOf(() => post(twilio, { [field]: value, name: 'New' }))).toEqual([
      'validation-failed',
      `206 /${field}`,
    ]);
  });

  it('rejects a type if the integration has none [S-302]', () => {
    const { integrationTypeId: _none, ...untyped } = twilio;
    expect(problemOf(() => post(untyped, { integrationTypeId: 'Customer', name: 'New' }))).toHaveLength(2);
  });

  it('takes the number of a channel and the type that have no name [S-401]', () => {
    const unknown = { ...twilio, channel: { ...twilio.channel, id: '999' }, integrationTypeId: '7' };
    expect(post(unknown, { channelId: '999', integrationTypeId: '7', name: 'New' })).toMatchObject({ name: 'New' });
  });

  it('reports wrong immutable fields and a wrong configuration at once [S-713]', () => {
    const body = { hubId: ID, configuration: { echo: 'yes', start: [7], bogus: 1 } };
    expect(problemOf(() => post(direct, body))).toEqual([
      'validation-failed',
      '206 /hubId',
      '302 /configuration/echo',
      '302 /configuration/start/0',
      '303 /configuration/bogus',
    ]);
  });
});

describe('masks', () => {
  const masked = 'https://********@hook.io/in?token=********';

  it.each(['replace', 'merge'] as const)('mean the current webhookUrl, with user-info (%s)', (mode) => {
    expect(plan(direct, mode, { configuration: { webhookUrl: masked } }).configuration).toMatchObject({
      webhookUrl: 'https://u:p@hook.io/in?token=abc',
    });
  });

  it.each([
    ['replace', 'the mask alone', MASK],
    ['replace', 'a masked URL that is not the current one', `${masked}&x=1`],
    ['merge', 'the mask alone', MASK],
    ['merge', 'a masked URL that is not the current one', `${masked}&x=1`],
  ] as const)('are rejected by %s: %s [S-315]', (mode, _what, webhookUrl) => {
    expect(problemOf(() => plan(direct, mode, { configuration: { webhookUrl } }))).toEqual([
      'mask-in-value',
      '206 /configuration/webhookUrl',
    ]);
  });

  it.each(['replace', 'merge'] as const)('are found at any depth, inside any string (%s) [S-315]', (mode) => {
    const configuration = { start: [{ type: 'text', text: 'Hi', items: [{ deep: [`x${MASK}y`] }] }] };
    expect(problemOf(() => plan(direct, mode, { configuration }))).toEqual([
      'mask-in-value',
      '206 /configuration/start/0/items/0/deep/0',
    ]);
  });

  it('are validation-failed if something else is wrong, too [S-315]', () => {
    expect(problemOf(() => post(system, { configuration: { webhookUrl: MASK } }))).toEqual([
      'validation-failed',
      '206 /configuration/webhookUrl',
      '301 /configuration/events',
    ]);
  });

  it.each(['replace', 'merge'] as const)(
    'are rejected for an undeclared key that is not there (%s) [S-315]',
    (mode) => {
      expect(problemOf(() => plan(direct, mode, { configuration: { odd: MASK } }))).toEqual([
        'mask-in-value',
        '206 /configuration/odd',
      ]);
    },
  );

  it('are rejected for a secret of a configuration that is not frozen [S-315]', () => {
    const fields: Integration['channel']['fields'] = system.channel.fields.map((field) =>
      field.name === 'webhookUrl' ? { ...field, secret: true } : field,
    );
    const withSecret = { ...system, channel: { ...system.channel, fields } };
    expect(problemOf(() => patch(withSecret, { configuration: { webhookUrl: MASK } }))).toEqual([
      'mask-in-value',
      '206 /configuration/webhookUrl',
    ]);
  });

  it('are rejected in the name [S-315]', () => {
    expect(problemOf(() => post(direct, { name: `x${MASK}` }))).toEqual(['mask-in-value', '206 /name']);
  });
});

describe('an update with very many violations', () => {
  // With time that is quadratic in the keys the test would exceed its time limit.
  it.each(['replace', 'merge'] as const)('is rejected in time linear in its keys (%s)', (mode) => {
    const configuration = Object.fromEntries(Array.from({ length: 25_000 }, (_, index) => [`k${index}`, 1]));
    expect(problemOf(() => plan(system, mode, { configuration }))).toHaveLength(101);
  });

  it.each(['replace', 'merge'] as const)('results in a bounded list of violations if keys are long (%s)', (mode) => {
    const configuration = { ['k'.repeat(100_000)]: Array.from({ length: 10_000 }, () => MASK) };
    const errors = problemOf(() => plan(system, mode, { configuration }));
    expect(JSON.stringify(errors).length).toBeLessThan(300_000);
  });
});
