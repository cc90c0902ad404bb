import type { JsonObject } from '../../json/json-value';
import { renameKeys } from '../configuration-keys';
import { maskConfiguration, secretsOf } from '../mask-configuration';
import { configurationErrors, type WriteOperation } from '../validate-configuration';
import { direct } from './direct.channel';

const errors = (changes: JsonObject, operation: WriteOperation = 'create') =>
  configurationErrors(direct, { integrationType: 'Agent', ...changes }, operation).map(
    ({ code, pointer }) => `${code} ${pointer}`,
  );

describe('Direct', () => {
  it('requires only a public integration type [S-230, S-236]', () => {
    expect(errors({})).toEqual([]);
    expect(errors({ integrationType: 'System' })).toEqual([]);
    expect(errors({ integrationType: 'Hubster' })).toEqual(['206 /configuration/integrationType']);
    expect(configurationErrors(direct, {}, 'create')).toMatchObject([
      { code: 301, pointer: '/configuration/integrationType' },
    ]);
  });

  it('accepts echo as a boolean only [S-231]', () => {
    expect(errors({ echo: false })).toEqual([]);
    expect(errors({ echo: 'yes' })).toEqual(['302 /configuration/echo']);
    expect(errors({ echo: 1 })).toEqual(['302 /configuration/echo']);
  });

  it('accepts a webhookUrl without user-info [S-232, S-240, S-248]', () => {
    expect(errors({ webhookUrl: 'http://localhost:5100/hook?customer=1' })).toEqual([]);
    expect(errors({ webhookUrl: 'https://url_end_point.com' })).toEqual([]);
    expect(errors({ webhookUrl: 'https://user@hubster.io' })).toEqual(['206 /configuration/webhookUrl']);
  });

  it('accepts messages as start [S-234]', () => {
    expect(errors({ start: [{ type: 'text', text: 'Hi' }] })).toEqual([]);
    expect(errors({ start: [{ text: 'Hi' }] })).toEqual(['301 /configuration/start/0/type']);
  });

  it('accepts regenerateKeys as a boolean, on update only [S-306]', () => {
    expect(errors({ regenerateKeys: true }, 'update')).toEqual([]);
    expect(errors({ regenerateKeys: 'yes' }, 'update')).toEqual(['302 /configuration/regenerateKeys']);
    expect(errors({ regenerateKeys: true }, 'create')).toEqual(['303 /configuration/regenerateKeys']);
  });

  it('shows the name of the key and the old greeting, and masks the key [S-235, S-238, S-239, S-406]', () => {
    const { configuration } = renameKeys(direct, {
      WebhookUrl: 'http://localhost:5100/hook?customer=1',
      Echo: true,
      publicSigningKey: '6DF60E ...',
      privateSigningKey: 'E0A42 ...',
      WelcomeMessage: 'Welcome ...',
    });
    expect(maskConfiguration(direct, configuration)).toEqual({
      webhookUrl: 'http://localhost:5100/hook?customer=1',
      echo: true,
      publicSigningKey: '6DF60E ...',
      privateSigningKey: '********',
      welcomeMessage: 'Welcome ...',
    });
    expect([...secretsOf(direct, configuration)]).toEqual([['privateSigningKey', 'E0A42 ...']]);
  });

  it('has no secret without signing keys [S-509]', () => {
    expect([...secretsOf(direct, { Echo: true })]).toEqual([]);
  });
});
