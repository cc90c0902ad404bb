import type { JsonObject } from '../../json/json-value';
import { maskConfiguration } from '../mask-configuration';
import { configurationErrors, type WriteOperation } from '../validate-configuration';
import { system } from './system.channel';

const complete = { webhookUrl: 'https://url_end_point.com', events: ['message'] };

const errors = (changes: JsonObject, operation: WriteOperation = 'create') =>
  configurationErrors(system, { ...complete, ...changes }, operation).map(({ code, pointer }) => `${code} ${pointer}`);

describe('System', () => {
  it('requires a webhookUrl and events [S-241, S-242]', () => {
    const missing = configurationErrors(system, {}, 'create').map(({ code, pointer }) => `${code} ${pointer}`);
    expect(missing.sort()).toEqual(['301 /configuration/events', '301 /configuration/webhookUrl']);
    expect(errors({})).toEqual([]);
  });

  it('accepts the four event filters, each once, and message beside the others [S-242, S-243]', () => {
    expect(errors({ events: ['message:bot', 'message'] })).toEqual([]);
    expect(errors({ events: [] })).toEqual(['306 /configuration/events']);
    expect(errors({ events: ['message', 'message'] })).toEqual(['206 /configuration/events/1']);
    expect(errors({ events: ['message:all'] })).toEqual(['206 /configuration/events/0']);
  });

  it.each(['echo', 'start', 'integrationType'])('rejects %s, a field of Direct [S-246]', (name) => {
    expect(errors({ [name]: true })).toEqual([`303 /configuration/${name}`]);
  });

  it('accepts regenerateKeys on update only [S-306]', () => {
    expect(errors({ regenerateKeys: false }, 'update')).toEqual([]);
    expect(errors({ regenerateKeys: false }, 'create')).toEqual(['303 /configuration/regenerateKeys']);
  });

  it('shows the name of the key and masks the key [S-244]', () => {
    const keys = { publicSigningKey: '6DF60E ...', privateSigningKey: 'E0A42 ...' };
    expect(maskConfiguration(system, { ...complete, ...keys })).toEqual({
      ...complete,
      publicSigningKey: '6DF60E ...',
      privateSigningKey: '********',
    });
  });
});
