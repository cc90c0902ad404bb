import { inspect } from 'node:util';
import { CLIENT_KEY, clientOf, failureOf } from '../../test/support/scripted-client';
import { jsonResponse, scriptedFetch } from '../../test/support/scripted-fetch';
import { Stagedoor } from './client.ts';
import { NoResponseError, UnexpectedResponseError } from './errors.ts';

const ID = '00000000-0000-4000-8000-000000000001';

describe('errors', () => {
  it.each([
    ['text', new Response('<html>', { status: 404 }), 404],
    ['JSON of another', jsonResponse({ error: 'x' }, { status: 403 }), 403],
    ['null', jsonResponse(null, { status: 400 }), 400],
    ['text with a 200', new Response('<html>'), 200],
    ['a redirect', new Response(null, { status: 302, headers: { location: 'https://other.test' } }), 302],
  ])('say that %s is no response of Stagedoor', async (_name, response, status) => {
    const error = await failureOf(clientOf(scriptedFetch(response)).client.me());
    expect(error).toBeInstanceOf(UnexpectedResponseError);
    expect(error).toMatchObject({ status });
  });

  it('have the reason why there was no response', async () => {
    const cause = new TypeError('fetch failed');
    const error = await failureOf(clientOf(scriptedFetch(cause), { retries: 0 }).client.me());
    expect(error).toBeInstanceOf(NoResponseError);
    expect(error).toMatchObject({ cause });
  });

  it.each([
    ['user and password', 'https://user:hunter2hunter2@stagedoor.test'],
    ['no URL', 'hunter2hunter2'],
    ['another scheme', 'ftp://hunter2hunter2'],
    ['a query', 'https://stagedoor.test/?key=hunter2hunter2'],
  ])('do not show a base URL with %s', (_name, baseUrl) => {
    expect(() => new Stagedoor({ baseUrl, apiKey: CLIENT_KEY })).toThrow(
      new TypeError('baseUrl: an http or https URL without user, query and fragment is expected.'),
    );
  });

  it('do not show a key that cannot be sent', async () => {
    const { client } = clientOf(scriptedFetch(jsonResponse({})), { apiKey: `${CLIENT_KEY}\n` });
    expect(await failureOf(client.me())).toEqual(
      new TypeError('X-API-Key: a text of one line and of Latin-1 characters is expected.'),
    );
  });

  it('say what is missing when a client is made', () => {
    const expected = new TypeError('Give either apiKey or token.');
    expect(() => new Stagedoor({ baseUrl: 'http://stagedoor.test' })).toThrow(expected);
    expect(() => new Stagedoor({ baseUrl: 'http://stagedoor.test', apiKey: CLIENT_KEY, token: 't' })).toThrow(expected);
  });

  it('and the client itself show no key when they are printed', async () => {
    const { client } = clientOf(scriptedFetch(new TypeError('fetch failed')), { retries: 0 });
    const error = await failureOf(
      client.integrations.create(ID, {
        channelId: 'Direct',
        name: 'x',
        configuration: { integrationType: 'Bot', webhookUrl: `https://hook.test/${CLIENT_KEY}` },
      }),
    );
    const printed = inspect([client, error], { depth: 10, showHidden: true }) + JSON.stringify([client, error]);
    expect(printed).not.toContain(CLIENT_KEY);
  });
});
