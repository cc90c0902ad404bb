import { Connections } from '../../src/api/server/connections';
import { listenForManagement } from '../../src/api/server/listen';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const ON = { MANAGEMENT_PORT: '0', MANAGEMENT_TENANTS: 'on' };
const LIST = '/api/v1/integrations';

interface Page {
  readonly tenants: readonly Readonly<Record<string, unknown>>[];
  readonly next?: string;
}

/** With the management port, which the application does not close by itself. */
async function close(stagedoor: Stagedoor): Promise<void> {
  const connections = stagedoor.app.get(Connections);
  await stagedoor.close();
  await connections.finishRequests(0, () => false);
  await connections.close();
}

describe('/tenants', () => {
  let stagedoor: Stagedoor;
  let management: string;

  beforeAll(async () => {
    stagedoor = await startStagedoor({ env: ON, limits: { acme: 600 } });
    management = (await listenForManagement(stagedoor.app)) ?? '';
  });
  afterAll(() => close(stagedoor));

  const page = async (query = ''): Promise<Page> => {
    const response = await fetch(`${management}/tenants${query}`);
    expect(response.status).toBe(200);
    return JSON.parse(await response.text());
  };
  const figuresOf = async (id: string) => (await page()).tenants.find((tenant) => tenant['id'] === id);

  it('shows requests, limit, breakers, last error and token of each tenant [S-862]', async () => {
    expect(await figuresOf('globex')).toEqual({
      id: 'globex',
      requests: { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
      hubster: { breakers: { read: 'closed', write: 'closed', token: 'closed' }, isPaused: false },
      token: { state: 'none' },
    });
    await stagedoor.as('acme-app').get(LIST).expect(200);
    await stagedoor.as('acme-app').get(`${LIST}/${HUBS.acme}`).expect(404);
    await stagedoor.fault({ match: { path: `${LIST}$` }, times: 0, effect: { status: 503 } });
    for (let count = 0; count < 10; count += 1)
      await stagedoor.as('acme-app').get(LIST).set('cache-control', 'no-cache');
    expect(await figuresOf('acme')).toMatchObject({
      requests: { '2xx': 1, '4xx': 1, '5xx': 10 },
      limit: { requestsPerMinute: 600, remaining: expect.any(Number) },
      hubster: { breakers: { read: 'open', write: 'closed' }, lastError: { at: expect.stringMatching(/^\d{4}-.+Z$/) } },
      token: { state: 'valid', expiresInSeconds: expect.any(Number) },
    });
  });

  it('names no caller, no key and no token [N1]', async () => {
    const text = await (await fetch(`${management}/tenants`)).text();
    expect(text).not.toMatch(/acme-app|globex-app|gateway|reader|sd_|hpt_/);
  });

  it('has pages, and rejects anything else in the query [S-862]', async () => {
    const first = await page('?limit=1');
    expect(first).toMatchObject({ tenants: [{ id: 'acme' }], next: 'acme' });
    const second = await page(`?limit=1&after=${first.next}`);
    expect(second.tenants).toMatchObject([{ id: 'globex' }]);
    expect(second).not.toHaveProperty('next');
    for (const query of ['?limit=0', '?limit=1001', '?limit=x', '?limit=1&limit=2', '?after=a&after=b', '?tenant=acme'])
      expect([query, (await fetch(`${management}/tenants${query}`)).status]).toEqual([query, 400]);
  });

  it('is unknown on the public port, with and without a management port [S-862]', async () => {
    await stagedoor.as('acme-app').get('/tenants').expect(404);
    await stagedoor.as().get('/tenants').expect(404);
  });

  it('is unknown on the management port while it is off [S-862]', async () => {
    const off = await startStagedoor({ env: { MANAGEMENT_PORT: '0' } });
    const url = await listenForManagement(off.app);
    expect((await fetch(`${url}/tenants`)).status).toBe(404);
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
    await off.as('acme-app').get('/tenants').expect(404);
    await close(off);
    const alone = await startStagedoor();
    await alone.as('acme-app').get('/tenants').expect(404);
    await alone.close();
  });
});
