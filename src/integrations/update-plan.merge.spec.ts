import { current, direct, patch, problemOf, system } from '../../test/support/integrations/planned-update';

describe('PATCH merges the configuration', () => {
  it('merges into the current configuration, without read-only fields [S-326]', () => {
    expect(patch(direct, { configuration: { Echo: false } })).toEqual({
      configuration: { integrationType: 'Agent', echo: false, webhookUrl: 'https://u:p@hook.io/in?token=abc' },
      warnings: [],
    });
  });

  it('sends no configuration if the patch has none [S-326]', () => {
    expect(patch(direct, { name: 'New' })).toEqual({ name: 'New', warnings: [] });
  });

  it('sends undeclared keys back unchanged, also null and nested ones [S-326]', () => {
    const odd = { Odd: { Deep: [null, 1] }, none: null, constructor: 'x' };
    const now = current('System', { webhookUrl: 'https://hook.io', events: ['message'], ...odd });
    expect(patch(now, { configuration: { events: ['message:bot'] } }).configuration).toEqual({
      webhookUrl: 'https://hook.io',
      events: ['message:bot'],
      ...odd,
    });
  });

  it('checks only the members of the request [S-326]', () => {
    const legacy = current('System', { webhookUrl: 'ftp://old', events: ['legacy'] });
    expect(patch(legacy, { configuration: { events: ['message'] } }).configuration).toEqual({
      webhookUrl: 'ftp://old',
      events: ['message'],
    });
    expect(problemOf(() => patch(legacy, { configuration: { events: ['legacy', 'new'] } }))).toEqual([
      'validation-failed',
      '206 /configuration/events/0',
      '206 /configuration/events/1',
    ]);
  });

  it('adds the integration type to a Direct configuration without one [S-326, S-230]', () => {
    for (const stored of [{}, { integrationType: null }]) {
      expect(patch(current('Direct', stored), { configuration: { echo: true } }).configuration).toEqual({
        integrationType: 'Customer',
        echo: true,
      });
    }
  });

  it('removes an optional key for null, with a warning if that changes the delivery [S-327]', () => {
    expect(patch(direct, { configuration: { webhookUrl: null } })).toEqual({
      configuration: { integrationType: 'Agent', echo: true },
      warnings: ['delivery-changed /configuration/webhookUrl'],
    });
  });

  it('keeps webhookUrl if the patch has none [S-233]', () => {
    expect(patch(direct, { configuration: { echo: true } }).warnings).toEqual([]);
  });

  it.each([
    [direct, 'integrationType'],
    [system, 'webhookUrl'],
    [system, 'events'],
  ])('null on a required key is refused: %# [S-327]', (now, key) => {
    expect(problemOf(() => patch(now, { configuration: { [key]: null } }))).toEqual([
      'validation-failed',
      `302 /configuration/${key}`,
    ]);
  });

  it('replaces arrays whole [S-327]', () => {
    const now = current('WebChat', { allowedOrigins: ['a.io', 'b.io'] });
    expect(patch(now, { configuration: { allowedOrigins: ['c.io'] } }).configuration).toEqual({
      allowedOrigins: ['c.io'],
    });
  });

  it('removes an undeclared key for null; one that is not there is unknown [S-327, S-109]', () => {
    const now = current('System', { webhookUrl: 'https://hook.io', events: ['message'], odd: 1 });
    expect(patch(now, { configuration: { odd: null } }).configuration).not.toHaveProperty('odd');
    expect(problemOf(() => patch(now, { configuration: { bogus: null } }))).toEqual([
      'validation-failed',
      '303 /configuration/bogus',
    ]);
  });

  it('rejects a value for an undeclared key, even for one that is there [S-109]', () => {
    const now = current('System', { webhookUrl: 'https://hook.io', events: ['message'], odd: 1 });
    expect(problemOf(() => patch(now, { configuration: { odd: 2 } }))).toEqual([
      'validation-failed',
      '303 /configuration/odd',
    ]);
  });

  it('rejects the same key in two spellings [S-109]', () => {
    expect(problemOf(() => patch(direct, { configuration: { echo: true, ECHO: true } }))).toEqual([
      'validation-failed',
      '303 /configuration/ECHO',
    ]);
  });
});
