import {
  direct,
  HUB,
  ID,
  patch,
  plan,
  post,
  refusal,
  system,
  twilio,
} from '../../test/support/integrations/planned-update';
import type { Integration } from '../hubster/integration';
import { MASK } from '../secrets/secret';

describe('an update in general', () => {
  it('sends only what the caller sent; a rename un-pauses nothing [S-301]', () => {
    expect(post(twilio, { name: 'New' })).toEqual({ name: 'New', warnings: [] });
    expect(patch(twilio, { statusId: 3002 })).toEqual({ statusId: 3002, warnings: [] });
  });

  it.each(['replace', 'merge'] as const)(
    'drops immutableFields that hold, in any spelling, with a warning (%s) [S-302]',
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
  ])('refuses another %s: %j [S-302, S-325]', (claim, value) => {
    expect(refusal(() => post(twilio, { [claim]: value, name: 'New' }))).toEqual([
      'validation-failed',
      `206 /${claim}`,
    ]);
  });

  it('refuses a type where the integration has none [S-302]', () => {
    const { integrationTypeId: _none, ...untyped } = twilio;
    expect(refusal(() => post(untyped, { integrationTypeId: 'Customer', name: 'New' }))).toHaveLength(2);
  });

  it('takes the number of a channel and the type that have no name [S-401]', () => {
    const unknown = { ...twilio, channel: { ...twilio.channel, id: '999' }, integrationTypeId: '7' };
    expect(post(unknown, { channelId: '999', integrationTypeId: '7', name: 'New' })).toMatchObject({ name: 'New' });
  });

  it('tells wrong immutableFields and a wrong configuration at once [S-713]', () => {
    const body = { hubId: ID, configuration: { echo: 'yes', start: [7], bogus: 1 } };
    expect(refusal(() => post(direct, body))).toEqual([
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

  it.each(['replace', 'merge'] as const)(
    'the masked webhookUrl means the current one, user-info and all (%s)',
    (mode) => {
      expect(plan(direct, mode, { configuration: { webhookUrl: masked } }).configuration).toMatchObject({
        webhookUrl: 'https://u:p@hook.io/in?token=abc',
      });
    },
  );

  it.each([
    ['replace', 'the mask alone', MASK],
    ['replace', 'a masked URL that is not the current one', `${masked}&x=1`],
    ['merge', 'the mask alone', MASK],
    ['merge', 'a masked URL that is not the current one', `${masked}&x=1`],
  ] as const)('%s refuses %s [S-315]', (mode, _what, webhookUrl) => {
    expect(refusal(() => plan(direct, mode, { configuration: { webhookUrl } }))).toEqual([
      'mask-in-value',
      '206 /configuration/webhookUrl',
    ]);
  });

  it.each(['replace', 'merge'] as const)('finds a mask at any depth, inside any string (%s) [S-315]', (mode) => {
    const configuration = { start: [{ type: 'text', text: 'Hi', items: [{ deep: [`x${MASK}y`] }] }] };
    expect(refusal(() => plan(direct, mode, { configuration }))).toEqual([
      'mask-in-value',
      '206 /configuration/start/0/items/0/deep/0',
    ]);
  });

  it('is validation-failed when something else is wrong too [S-315]', () => {
    expect(refusal(() => post(system, { configuration: { webhookUrl: MASK } }))).toEqual([
      'validation-failed',
      '206 /configuration/webhookUrl',
      '301 /configuration/events',
    ]);
  });

  it.each(['replace', 'merge'] as const)(
    'refuses the mask of an undeclared key that is not there (%s) [S-315]',
    (mode) => {
      expect(refusal(() => plan(direct, mode, { configuration: { odd: MASK } }))).toEqual([
        'mask-in-value',
        '206 /configuration/odd',
      ]);
    },
  );

  it('a secret that a channel could update means nothing but itself, so its mask is refused [S-315]', () => {
    const fields: Integration['channel']['fields'] = system.channel.fields.map((field) =>
      field.name === 'webhookUrl' ? { ...field, secret: true } : field,
    );
    const secretive = { ...system, channel: { ...system.channel, fields } };
    expect(refusal(() => patch(secretive, { configuration: { webhookUrl: MASK } }))).toEqual([
      'mask-in-value',
      '206 /configuration/webhookUrl',
    ]);
  });

  it('refuses a mask in the name [S-315]', () => {
    expect(refusal(() => post(direct, { name: `x${MASK}` }))).toEqual(['mask-in-value', '206 /name']);
  });
});

describe('an update with very many faults', () => {
  // Errors times keys would take longer than a test may.
  it.each(['replace', 'merge'] as const)('is refused in time linear in its keys (1.1, %s)', (mode) => {
    const configuration = Object.fromEntries(Array.from({ length: 25_000 }, (_, index) => [`k${index}`, 1]));
    expect(refusal(() => plan(system, mode, { configuration }))).toHaveLength(101);
  });

  it.each(['replace', 'merge'] as const)('lists no more than a request is long (%s)', (mode) => {
    const configuration = { ['k'.repeat(100_000)]: Array.from({ length: 10_000 }, () => MASK) };
    const errors = refusal(() => plan(system, mode, { configuration }));
    expect(JSON.stringify(errors).length).toBeLessThan(300_000);
  });
});
