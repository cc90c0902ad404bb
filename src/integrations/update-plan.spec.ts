import { CHANNELS, channelNamed } from '../channels/channel-registry';
import type { JsonObject } from '../channels/json';
import type { Integration } from '../hubster/integration';
import { Problem } from '../problems/problem';
import { MASK, Secret } from '../secrets/secret';
import { readUpdate, type UpdateCommand } from './requests/update-request';
import { planUpdate } from './update-plan';

const ID = '00000000-0000-0000-0000-000000000001';
const HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';

/** What is there now. */
function current(channelId: string, configuration: JsonObject, rest: Partial<Integration> = {}): Integration {
  const channel = channelNamed(channelId) ?? CHANNELS[0];
  if (!channel) throw new Error('no channels');
  return {
    integrationId: ID,
    hubId: HUB,
    integrationTypeId: 'Customer',
    channel,
    name: 'Support line',
    statusId: 3000,
    configuration: Secret.of(configuration),
    ...rest,
  };
}

const twilio = current('TwilioSMS', {
  authToken: 'cb8c',
  accountSid: 'AC1',
  numberSid: 'PN1',
  phoneNumber: '+16476960000',
});
const direct = current('Direct', {
  integrationType: 'Agent',
  echo: true,
  webhookUrl: 'https://u:p@hook.io/in?token=abc',
  publicSigningKey: 'PUB',
  privateSigningKey: 'PRIV',
});
const system = current('System', { webhookUrl: 'https://hook.io', events: ['message'] });

/** What an update does: what it would send, with the codes and pointers of its warnings. */
function plan(now: Integration, mode: UpdateCommand['mode'], body: JsonObject, isLenient = false) {
  const { warnings, configuration, ...values } = planUpdate(now, readUpdate(body, mode), isLenient);
  return {
    ...values,
    ...(configuration && { configuration: configuration.reveal() }),
    warnings: warnings.map(({ code, pointer }) => `${code} ${pointer}`),
  };
}

const post = (now: Integration, body: JsonObject) => plan(now, 'replace', body);
const patch = (now: Integration, body: JsonObject) => plan(now, 'merge', body);

/** The code of the problem, and the PRT numbers and places of its errors. */
function refusal(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const errors = (error.details.errors ?? []).map(({ code, pointer }) => `${code} ${pointer}`);
    return [error.code, ...errors.sort()];
  }
  return [];
}

describe('an update in general', () => {
  it('S-301: sends only what the caller sent; a rename un-pauses nothing', () => {
    expect(post(twilio, { name: 'New' })).toEqual({ name: 'New', warnings: [] });
    expect(patch(twilio, { statusId: 3002 })).toEqual({ statusId: 3002, warnings: [] });
  });

  it.each(['replace', 'merge'] as const)(
    'S-302: drops claims that hold, in any spelling, with a warning (%s)',
    (mode) => {
      const claims = { channelId: 'twiliosms', hubId: HUB.toUpperCase(), integrationTypeId: 2 };
      expect(plan(twilio, mode, { ...claims, name: 'New' })).toEqual({
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
  ])('S-302, S-325: refuses another %s: %j', (claim, value) => {
    expect(refusal(() => post(twilio, { [claim]: value, name: 'New' }))).toEqual([
      'validation-failed',
      `206 /${claim}`,
    ]);
  });

  it('S-302: refuses a type where the integration has none', () => {
    const { integrationTypeId: _none, ...untyped } = twilio;
    expect(refusal(() => post(untyped, { integrationTypeId: 'Customer', name: 'New' }))).toHaveLength(2);
  });

  it('S-401: takes the number of a channel and the type that have no name', () => {
    const unknown = { ...twilio, channel: { ...twilio.channel, id: '999' }, integrationTypeId: '7' };
    expect(post(unknown, { channelId: '999', integrationTypeId: '7', name: 'New' })).toMatchObject({ name: 'New' });
  });

  it('S-713: tells wrong claims and a wrong configuration at once', () => {
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

describe('POST replaces the configuration', () => {
  it('S-303: sends what the caller sent as the whole', () => {
    const configuration = { webhookUrl: 'https://new.io', events: ['message:bot'] };
    expect(post(system, { configuration })).toEqual({ configuration, warnings: [] });
  });

  it('S-303: checks it as a complete configuration', () => {
    expect(refusal(() => post(system, { configuration: { events: ['message'] } }))).toEqual([
      'validation-failed',
      '301 /configuration/webhookUrl',
    ]);
  });

  it("S-304, S-230: takes the document's own sample, integrationType from the current integration", () => {
    const sample = { Echo: true, webhookUrl: 'http://hubster.io/v1/api/integration?customer=1' };
    expect(post(direct, { configuration: sample }).configuration).toEqual({
      integrationType: 'Agent',
      echo: true,
      webhookUrl: sample.webhookUrl,
    });
  });

  it('S-230, S-237: takes integrationTypeId where the inner type is missing or null', () => {
    for (const held of [{}, { integrationType: null }]) {
      expect(post(current('Direct', held), { configuration: {} }).configuration).toEqual({
        integrationType: 'Customer',
      });
    }
  });

  it('S-230: cannot make a type up', () => {
    const { integrationTypeId: _none, ...untyped } = current('Direct', {});
    expect(refusal(() => post(untyped, { configuration: {} }))).toEqual([
      'validation-failed',
      '301 /configuration/integrationType',
    ]);
  });

  it('S-230, S-236: lets the caller change the type, in any spelling', () => {
    expect(post(direct, { configuration: { integrationType: 4 } }).configuration).toEqual({ integrationType: 'Bot' });
  });

  it('S-230: an integrationType of null is no missing one', () => {
    expect(refusal(() => post(direct, { configuration: { integrationType: null } }))).toEqual([
      'validation-failed',
      '302 /configuration/integrationType',
    ]);
  });

  it('S-233: warns when activities go over websockets from now on', () => {
    expect(post(direct, { configuration: { echo: false } }).warnings).toEqual([
      'delivery-changed /configuration/webhookUrl',
    ]);
    expect(post(current('Direct', {}), { configuration: {} }).warnings).toEqual([]);
  });

  it('S-238: warns that no documented way keeps a welcome message', () => {
    const greeting = current('Direct', { integrationType: 'Agent', welcomeMessage: 'Hi' });
    const warnings = ['welcome-message-lost /configuration/welcomeMessage'];
    expect(post(greeting, { configuration: {} })).toEqual({ configuration: { integrationType: 'Agent' }, warnings });
    expect(patch(greeting, { configuration: { echo: true } }).warnings).toEqual(warnings);
    expect(patch(greeting, { name: 'New' }).warnings).toEqual([]);
  });

  it('warns that undeclared keys are dropped, whether or not their masks were sent back (design 2.2)', () => {
    const odd = current('System', { webhookUrl: 'https://hook.io', events: ['message'], Odd: 7 });
    const configuration = { webhookUrl: 'https://hook.io', events: ['message'] };
    for (const sent of [configuration, { ...configuration, Odd: MASK }]) {
      expect(post(odd, { configuration: sent })).toEqual({
        configuration,
        warnings: ['undeclared-dropped /configuration/Odd'],
      });
    }
  });

  it('S-309: takes regenerateKeys over from the caller only', () => {
    const held = current('System', { webhookUrl: 'https://hook.io', events: ['message'], regenerateKeys: true });
    const configuration = { webhookUrl: 'https://hook.io', events: ['message'] };
    expect(post(held, { configuration }).configuration).toEqual(configuration);
    expect(patch(held, { configuration: { events: ['message'] } }).configuration).toEqual(configuration);
  });

  it.each(['replace', 'merge'] as const)('S-306: takes regenerateKeys for Direct and System (%s)', (mode) => {
    for (const now of [direct, system]) {
      const sent = {
        ...(now === system && { webhookUrl: 'https://hook.io', events: ['message'] }),
        regenerateKeys: true,
      };
      expect(plan(now, mode, { configuration: sent }).configuration).toMatchObject({ regenerateKeys: true });
    }
    expect(refusal(() => plan(system, mode, { configuration: { regenerateKeys: 'yes' } }))).toContain(
      '302 /configuration/regenerateKeys',
    );
  });

  it.each(['replace', 'merge'] as const)('S-306: refuses regenerateKeys for WebChat (%s)', (mode) => {
    const chat = current('WebChat', { allowedOrigins: ['localhost'] });
    const configuration = { allowedOrigins: ['localhost'], regenerateKeys: true };
    expect(refusal(() => plan(chat, mode, { configuration }))).toEqual([
      'validation-failed',
      '303 /configuration/regenerateKeys',
    ]);
  });

  it('S-315: drops answer-only fields with a warning, masks or not', () => {
    const configuration = { integrationType: 'Agent', privateSigningKey: MASK, publicSigningKey: 'PUB' };
    expect(post(direct, { configuration })).toEqual({
      configuration: { integrationType: 'Agent' },
      warnings: [
        'answer-only-dropped /configuration/privateSigningKey',
        'answer-only-dropped /configuration/publicSigningKey',
        'delivery-changed /configuration/webhookUrl',
      ],
    });
  });

  it('S-109: refuses the same key in two spellings', () => {
    expect(refusal(() => post(direct, { configuration: { echo: true, Echo: false } }))).toEqual([
      'validation-failed',
      '303 /configuration/Echo',
    ]);
  });
});

describe('masks', () => {
  const masked = 'https://********@hook.io/in?token=********';

  it.each(['replace', 'merge'] as const)(
    'the masked webhookUrl means the current one, user-info and all (design 2.2, %s)',
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
  ] as const)('S-315: %s refuses %s', (mode, _what, webhookUrl) => {
    expect(refusal(() => plan(direct, mode, { configuration: { webhookUrl } }))).toEqual([
      'mask-in-value',
      '206 /configuration/webhookUrl',
    ]);
  });

  it.each(['replace', 'merge'] as const)('S-315: finds a mask at any depth, inside any string (%s)', (mode) => {
    const configuration = { start: [{ type: 'text', text: 'Hi', items: [{ deep: [`x${MASK}y`] }] }] };
    expect(refusal(() => plan(direct, mode, { configuration }))).toEqual([
      'mask-in-value',
      '206 /configuration/start/0/items/0/deep/0',
    ]);
  });

  it('S-315: is validation-failed when something else is wrong too', () => {
    expect(refusal(() => post(system, { configuration: { webhookUrl: MASK } }))).toEqual([
      'validation-failed',
      '206 /configuration/webhookUrl',
      '301 /configuration/events',
    ]);
  });

  it.each(['replace', 'merge'] as const)(
    'S-315: refuses the mask of an undeclared key that is not there (%s)',
    (mode) => {
      expect(refusal(() => plan(direct, mode, { configuration: { odd: MASK } }))).toEqual([
        'mask-in-value',
        '206 /configuration/odd',
      ]);
    },
  );

  it('S-315: refuses a mask in the name', () => {
    expect(refusal(() => post(direct, { name: `x${MASK}` }))).toEqual(['mask-in-value', '206 /name']);
  });
});

describe('a frozen configuration', () => {
  const change = { name: 'New', configuration: { authToken: 'other', accountSid: 'AC1' } };

  it.each(['replace', 'merge'] as const)('S-310: refuses a change, and applies nothing (%s)', (mode) => {
    expect(refusal(() => plan(twilio, mode, change))).toEqual(['configuration-frozen']);
  });

  it('S-311: says what to do instead', () => {
    expect(() => post(twilio, change)).toThrow(/Delete the integration and create it anew/);
  });

  it.each(['TwilioSMS', 'Messenger', 'Slack', 'Telegram'])('S-310: %s takes no configuration', (channelId) => {
    expect(refusal(() => post(current(channelId, {}), { configuration: { code: 'x' } }))).toEqual([
      'configuration-frozen',
    ]);
  });

  it('S-310: refuses removing a value by PATCH too', () => {
    expect(refusal(() => patch(twilio, { configuration: { numberSid: null } }))).toEqual(['configuration-frozen']);
  });

  it('S-321: drops it when asked to, applies the rest and says so', () => {
    expect(plan(twilio, 'replace', change, true)).toEqual({
      name: 'New',
      warnings: ['configuration-dropped /configuration/authToken', 'unchanged-dropped /configuration/accountSid'],
    });
  });

  it('S-322: masks and current values, in any case of keys, are no change; nothing is left to be sent', () => {
    const configuration = { AuthToken: MASK, accountsid: 'AC1', numberSid: 'PN1', phoneNumber: '+1' };
    expect(post(twilio, { configuration })).toEqual({
      warnings: [
        'answer-only-dropped /configuration/phoneNumber',
        'unchanged-dropped /configuration/authToken',
        'unchanged-dropped /configuration/accountSid',
        'unchanged-dropped /configuration/numberSid',
      ],
    });
  });

  it('S-322: the current secret itself is no change', () => {
    expect(post(twilio, { configuration: { authToken: 'cb8c' } })).not.toHaveProperty('configuration');
  });

  it('S-109: a change cannot hide behind a second spelling', () => {
    const configuration = { authToken: MASK, AuthToken: 'other' };
    expect(refusal(() => post(twilio, { configuration }))).toEqual([
      'validation-failed',
      '303 /configuration/AuthToken',
    ]);
  });
});

describe('PATCH merges the configuration', () => {
  it('S-326: merges over what is there, without answer-only keys', () => {
    expect(patch(direct, { configuration: { Echo: false } })).toEqual({
      configuration: { integrationType: 'Agent', echo: false, webhookUrl: 'https://u:p@hook.io/in?token=abc' },
      warnings: [],
    });
  });

  it('S-326: sends no configuration without one in the patch', () => {
    expect(patch(direct, { name: 'New' })).toEqual({ name: 'New', warnings: [] });
  });

  it('S-326: carries undeclared keys back untouched, null and nested ones too', () => {
    const odd = { Odd: { Deep: [null, 1] }, none: null, constructor: 'x' };
    const now = current('System', { webhookUrl: 'https://hook.io', events: ['message'], ...odd });
    expect(patch(now, { configuration: { events: ['message:bot'] } }).configuration).toEqual({
      webhookUrl: 'https://hook.io',
      events: ['message:bot'],
      ...odd,
    });
  });

  it('S-326: checks what the request brought, and nothing else', () => {
    const legacy = current('System', { webhookUrl: 'ftp://old', events: ['legacy'] });
    expect(patch(legacy, { configuration: { events: ['message'] } }).configuration).toEqual({
      webhookUrl: 'ftp://old',
      events: ['message'],
    });
    expect(refusal(() => patch(legacy, { configuration: { events: ['legacy', 'new'] } }))).toEqual([
      'validation-failed',
      '206 /configuration/events/0',
      '206 /configuration/events/1',
    ]);
  });

  it('S-326, S-230: a Direct integration without an inner type gets its own', () => {
    for (const held of [{}, { integrationType: null }]) {
      expect(patch(current('Direct', held), { configuration: { echo: true } }).configuration).toEqual({
        integrationType: 'Customer',
        echo: true,
      });
    }
  });

  it('S-327: null removes an optional key, and says when that changes the delivery', () => {
    expect(patch(direct, { configuration: { webhookUrl: null } })).toEqual({
      configuration: { integrationType: 'Agent', echo: true },
      warnings: ['delivery-changed /configuration/webhookUrl'],
    });
  });

  it('S-233: without webhookUrl keeps it', () => {
    expect(patch(direct, { configuration: { echo: true } }).warnings).toEqual([]);
  });

  it.each([
    [direct, 'integrationType'],
    [system, 'webhookUrl'],
    [system, 'events'],
  ])('S-327: null on a required key is refused: %#', (now, key) => {
    expect(refusal(() => patch(now, { configuration: { [key]: null } }))).toEqual([
      'validation-failed',
      `302 /configuration/${key}`,
    ]);
  });

  it('S-327: arrays are replaced whole', () => {
    const now = current('WebChat', { allowedOrigins: ['a.io', 'b.io'] });
    expect(patch(now, { configuration: { allowedOrigins: ['c.io'] } }).configuration).toEqual({
      allowedOrigins: ['c.io'],
    });
  });

  it('S-327, S-109: null removes an undeclared key that is there; one that is not is unknown', () => {
    const now = current('System', { webhookUrl: 'https://hook.io', events: ['message'], odd: 1 });
    expect(patch(now, { configuration: { odd: null } }).configuration).not.toHaveProperty('odd');
    expect(refusal(() => patch(now, { configuration: { bogus: null } }))).toEqual([
      'validation-failed',
      '303 /configuration/bogus',
    ]);
  });

  it('S-109: refuses an undeclared key with a value, even of the name of one that is there', () => {
    const now = current('System', { webhookUrl: 'https://hook.io', events: ['message'], odd: 1 });
    expect(refusal(() => patch(now, { configuration: { odd: 2 } }))).toEqual([
      'validation-failed',
      '303 /configuration/odd',
    ]);
  });

  it('S-109: refuses the same key in two spellings', () => {
    expect(refusal(() => patch(direct, { configuration: { echo: true, ECHO: true } }))).toEqual([
      'validation-failed',
      '303 /configuration/ECHO',
    ]);
  });
});
