import type { JsonObject } from '../../json/json-value';
import { renameKeys } from '../configuration-keys';
import { maskConfiguration } from '../mask-configuration';
import { configurationErrors } from '../validate-configuration';
import { slack } from './slack.channel';

const errors = (configuration: JsonObject) =>
  configurationErrors(slack, configuration, 'create').map(({ code, pointer }) => `${code} ${pointer}`);

describe('Slack', () => {
  it.each(['state', 'nonce'])('accepts a code with %s, "TODO:" included [S-250, S-251]', (name) => {
    expect(errors({ code: 'x', [name]: 'TODO:' })).toEqual([]);
  });

  it('requires exactly one of state and nonce [S-251]', () => {
    expect(errors({ code: 'x' })).toEqual(['301 /configuration/state']);
    expect(errors({ code: 'x', state: 'a', nonce: 'b' })).toEqual(['303 /configuration/nonce']);
    expect(configurationErrors(slack, { code: 'x' }, 'create')).toEqual([
      expect.objectContaining({ description: "Exactly one of 'state' and 'nonce' is expected. (code: PRT000301)" }),
    ]);
  });

  it.each(['state', 'nonce'])('rejects a %s that is empty or not a text [S-251]', (name) => {
    expect(errors({ code: 'x', [name]: '' })).toEqual([`301 /configuration/${name}`]);
    expect(errors({ code: 'x', [name]: null })).toEqual([`302 /configuration/${name}`]);
  });

  it('accepts any text as code, as the sample is a Messenger token [S-256]', () => {
    expect(errors({ code: 'EAAFBmgAdBToBADC...', state: 'x' })).toEqual([]);
    expect(errors({ code: '', state: 'x' })).toEqual(['301 /configuration/code']);
  });

  it('masks every field of a request and both tokens of a response [S-252 to S-254]', () => {
    const { configuration } = renameKeys(slack, {
      code: 'x',
      state: 'x',
      nonce: 'x',
      BotAccessToken: 'xoxb-1',
      AppAccessToken: 'xoxp-1',
      DefaultPublicChannel: 'general',
      TeamId: 'T5P19488N',
      BotName: 'Hubster.io',
    });
    expect(maskConfiguration(slack, configuration)).toEqual({
      code: '********',
      state: '********',
      nonce: '********',
      botAccessToken: '********',
      appAccessToken: '********',
      defaultPublicChannel: 'general',
      teamId: 'T5P19488N',
      botName: 'Hubster.io',
    });
  });
});
