import { current, direct, patch, plan, post, problemOf, system } from '../../test/support/integrations/planned-update';
import { MASK } from '../secrets/secret';

describe('POST replaces the configuration', () => {
  it('sends the configuration of the request as the whole [S-303]', () => {
    const configuration = { webhookUrl: 'https://new.io', events: ['message:bot'] };
    expect(post(system, { configuration })).toEqual({ configuration, warnings: [] });
  });

  it('checks it as a complete configuration [S-303]', () => {
    expect(problemOf(() => post(system, { configuration: { events: ['message'] } }))).toEqual([
      'validation-failed',
      '301 /configuration/webhookUrl',
    ]);
  });

  it("takes the document's own sample, integrationType from the current integration [S-304, S-230]", () => {
    const sample = { Echo: true, webhookUrl: 'http://hubster.io/v1/api/integration?customer=1' };
    expect(post(direct, { configuration: sample }).configuration).toEqual({
      integrationType: 'Agent',
      echo: true,
      webhookUrl: sample.webhookUrl,
    });
  });

  it('sends integrationTypeId if the integrationType is missing or null [S-230, S-237]', () => {
    for (const stored of [{}, { integrationType: null }]) {
      expect(post(current('Direct', stored), { configuration: {} }).configuration).toEqual({
        integrationType: 'Customer',
      });
    }
  });

  it('requires integrationType if the integration has none [S-230]', () => {
    const { integrationTypeId: _none, ...untyped } = current('Direct', {});
    expect(problemOf(() => post(untyped, { configuration: {} }))).toEqual([
      'validation-failed',
      '301 /configuration/integrationType',
    ]);
  });

  it('lets the caller change the type, in any spelling [S-230, S-236]', () => {
    expect(post(direct, { configuration: { integrationType: 4 } }).configuration).toEqual({ integrationType: 'Bot' });
  });

  it('rejects null for integrationType [S-230]', () => {
    expect(problemOf(() => post(direct, { configuration: { integrationType: null } }))).toEqual([
      'validation-failed',
      '302 /configuration/integrationType',
    ]);
  });

  it('warns when activities go over websockets from now on [S-233]', () => {
    expect(post(direct, { configuration: { echo: false } }).warnings).toEqual([
      'delivery-changed /configuration/webhookUrl',
    ]);
    expect(post(current('Direct', {}), { configuration: {} }).warnings).toEqual([]);
  });

  it('warns that a welcome message is lost, as no documented way keeps it [S-238]', () => {
    const greeting = current('Direct', { integrationType: 'Agent', welcomeMessage: 'Hi' });
    const warnings = ['welcome-message-lost /configuration/welcomeMessage'];
    expect(post(greeting, { configuration: {} })).toEqual({ configuration: { integrationType: 'Agent' }, warnings });
    expect(patch(greeting, { configuration: { echo: true } }).warnings).toEqual(warnings);
    expect(patch(greeting, { name: 'New' }).warnings).toEqual([]);
  });

  it('warns that undeclared keys are dropped, whether or not their masks were sent back', () => {
    const odd = current('System', { webhookUrl: 'https://hook.io', events: ['message'], Odd: 7 });
    const configuration = { webhookUrl: 'https://hook.io', events: ['message'] };
    for (const sent of [configuration, { ...configuration, Odd: MASK }]) {
      expect(post(odd, { configuration: sent })).toEqual({
        configuration,
        warnings: ['undeclared-dropped /configuration/Odd'],
      });
    }
  });

  it('takes regenerateKeys from the request only [S-309]', () => {
    const now = current('System', { webhookUrl: 'https://hook.io', events: ['message'], regenerateKeys: true });
    const configuration = { webhookUrl: 'https://hook.io', events: ['message'] };
    expect(post(now, { configuration }).configuration).toEqual(configuration);
    expect(patch(now, { configuration: { events: ['message'] } }).configuration).toEqual(configuration);
  });

  it.each(['replace', 'merge'] as const)('takes regenerateKeys for Direct and System (%s) [S-306]', (mode) => {
    for (const now of [direct, system]) {
      const sent = {
        ...(now === system && { webhookUrl: 'https://hook.io', events: ['message'] }),
        regenerateKeys: true,
      };
      expect(plan(now, mode, { configuration: sent }).configuration).toMatchObject({ regenerateKeys: true });
    }
    expect(problemOf(() => plan(system, mode, { configuration: { regenerateKeys: 'yes' } }))).toContain(
      '302 /configuration/regenerateKeys',
    );
  });

  it.each(['replace', 'merge'] as const)('rejects regenerateKeys for WebChat (%s) [S-306]', (mode) => {
    const chat = current('WebChat', { allowedOrigins: ['localhost'] });
    const configuration = { allowedOrigins: ['localhost'], regenerateKeys: true };
    expect(problemOf(() => plan(chat, mode, { configuration }))).toEqual([
      'validation-failed',
      '303 /configuration/regenerateKeys',
    ]);
  });

  it('drops read-only fields with a warning, masked or not [S-315]', () => {
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

  it('rejects the same key in two spellings [S-109]', () => {
    expect(problemOf(() => post(direct, { configuration: { echo: true, Echo: false } }))).toEqual([
      'validation-failed',
      '303 /configuration/Echo',
    ]);
  });
});
