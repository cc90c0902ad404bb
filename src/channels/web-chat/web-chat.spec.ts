import { renameKeys } from '../configuration-keys';
import { maskConfiguration, secretsOf } from '../mask-configuration';
import { configurationErrors } from '../validate-configuration';
import { webChat } from './web-chat.channel';

const errors = (configuration: object) =>
  configurationErrors(webChat, { ...configuration }, 'create').map(({ code, pointer }) => `${code} ${pointer}`);

describe('WebChat', () => {
  it('accepts one origin or more [S-220, S-221]', () => {
    expect(errors({ allowedOrigins: ['localhost'] })).toEqual([]);
    expect(errors({ allowedOrigins: ['localhost', 'https://*.hubster.io'] })).toEqual([]);
    expect(errors({ allowedOrigins: [] })).toEqual(['306 /configuration/allowedOrigins']);
    expect(errors({ allowedOrigins: ['localhost', '*'] })).toEqual(['206 /configuration/allowedOrigins/1']);
  });

  it('accepts messages as start [S-222, S-224]', () => {
    const allowedOrigins = ['localhost'];
    expect(errors({ allowedOrigins, start: [] })).toEqual([]);
    expect(errors({ allowedOrigins, start: [{ type: 'fax' }] })).toEqual(['206 /configuration/start/0/type']);
    expect(errors({ allowedOrigins, start: null })).toEqual(['302 /configuration/start']);
  });

  it('rejects echo in a request and shows it in a response [S-223, S-314]', () => {
    expect(errors({ allowedOrigins: ['localhost'], echo: true })).toEqual(['303 /configuration/echo']);
    expect(maskConfiguration(webChat, { echo: true })).toEqual({ echo: true });
  });

  it('reads the response of Create like that of Get, and leaves messages unchanged [S-225]', () => {
    const start = [{ type: 'text', text: 'Hi', Channels: { Slack: {} } }];
    const { configuration } = renameKeys(webChat, { AllowedOrigins: ['localhost'], Echo: true, Start: start });
    expect(configuration).toEqual({ allowedOrigins: ['localhost'], echo: true, start });
  });

  it('has no secret, and masks undeclared keys [S-227]', () => {
    const configuration = { allowedOrigins: ['localhost'], authToken: 'x' };
    expect([...secretsOf(webChat, configuration)]).toEqual([]);
    expect(maskConfiguration(webChat, configuration)).toEqual({ ...configuration, authToken: '********' });
  });
});
