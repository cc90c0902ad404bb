import { SAMPLES } from '../../../test/support/sandbox/samples';
import { SandboxClient } from '../../../test/support/sandbox/sandbox-client';
import { isJsonObject } from '../json';

describe('Reads', () => {
  let client: SandboxClient;
  beforeAll(async () => {
    client = await SandboxClient.start({ quirks: false });
    for (const name of ['one', 'two', 'three']) await client.create('Slack', name, SAMPLES.Slack);
    await client.create('System', 'four', SAMPLES.System);
  });
  afterAll(() => client.close());

  it('lists a hub by channel as a bare array [S-503]', async () => {
    const { status, list } = await client.portal('GET', `/hubs/${client.hub}/Slack`);
    expect([status, list.filter(isJsonObject).map((one) => one['name'])]).toEqual([200, ['one', 'two', 'three']]);
    expect((await client.portal('GET', `/hubs/${client.acme.hubs[1]}/Slack`)).text).toBe('[]');
  });

  it.each([
    ['an unknown channel [S-502]', (hub: string) => `/hubs/${hub}/Fax`, 400, 206],
    ['a channel in another spelling [S-502]', (hub: string) => `/hubs/${hub}/slack`, 400, 206],
    ['a hub that is not a GUID', () => '/hubs/x/Slack', 400, 203],
    ['an unknown hub', () => '/hubs/00000000-0000-0000-0000-000000000000/Slack', 404, 699],
    ['an integration id that is not a GUID', () => '/x', 400, 203],
    ['a negative page [S-602]', () => '?pageNumber=-1', 400, 209],
    ['a fractional page [S-602]', () => '?pageNumber=1.5', 400, 210],
    ['a page in words [S-602]', () => '?pageNumber=abc', 400, 210],
    ['an empty page [S-602]', () => '?pageNumber=', 400, 210],
    ['an empty page size [S-603]', () => '?pageSize=0', 400, 207],
    ['too large a page [S-603]', () => '?pageSize=101', 400, 207],
    ['a hubId that is not a GUID [S-601]', () => '?hubId=x', 400, 203],
    ['an unknown hubId [S-601]', () => '?hubId=00000000-0000-0000-0000-000000000000', 404, 699],
    ['a channel with an encoded letter', (hub: string) => `/hubs/${hub}/%53lack`, 400, 206],
    ['an integration id of 300 characters', () => `/${'1'.repeat(300)}`, 400, 203],
    ['an empty integration id', () => '/', 404, 105],
    ['an unknown path', () => '/a/b/c/d', 404, 105],
  ])('rejects %s', async (_what, path, status, code) => {
    const reply = await client.portal('GET', path(client.hub));
    expect([reply.status, reply.codes]).toEqual([status, [code]]);
  });

  it('pages from 0, 50 at a time [S-604, S-610]', async () => {
    const whole = await client.portal('GET', '');
    expect(whole.json).toMatchObject({ pageNumber: 0, pageSize: 50, total: 4 });
    const { json } = await client.portal('GET', `?pageNumber=1&pageSize=3&hubId=${client.hub}`);
    expect(json).toMatchObject({ pageNumber: 1, pageSize: 3, total: 4, results: [{ name: 'four' }] });
    expect((await client.portal('GET', `?hubId=${client.acme.hubs[1]}`)).json).toMatchObject({ total: 0, results: [] });
    expect((await client.portal('GET', '?pageSize=100')).status).toBe(200);
  });

  it('responds to a wrong method with 405 and the allowed ones', async () => {
    const { status, headers } = await client.portal('PUT', '/00000000-0000-0000-0000-000000000000');
    expect([status, headers.get('allow')]).toEqual([405, 'GET, DELETE']);
  });
});
