import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { makeApiKey } from '../../src/access/api-key';
import { RequestHook } from '../../src/api/hooks/request.hook';
import type { CallerRoute } from '../../src/api/routes/route-declaration';
import { SCOPES, type Scope } from '../../src/context/caller';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const ABSENT = '99999999-9999-9999-9999-999999999999';

interface Row {
  readonly credentials: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The rejection that a route of this scope has to respond with; undefined: the request is accepted. */
  readonly rejection: (
    route: Pick<CallerRoute, 'scope' | 'needsNoTenant'>,
  ) => { readonly status: number; readonly code: string; readonly detail?: string } | undefined;
}

const caller = (id: string, tenants: readonly string[] | '*', scopes: readonly Scope[] = SCOPES, expires?: string) => {
  const { key, hash } = makeApiKey();
  const keys = [{ hash: `sha256:${hash}`, ...(expires !== undefined && { expires }) }];
  return { key: key.reveal(), entry: { id, keys, tenants, scopes: [...scopes] } };
};

const app = caller('app', ['acme']);
const expired = caller('expired', ['acme'], SCOPES, '2020-01-01');
const gateway = caller('gateway', '*');
const several = caller('several', ['acme', 'globex']);
const lacking = SCOPES.map((scope) => ({
  scope,
  ...caller(
    `lacks-${scope.replace(':', '-')}`,
    ['acme'],
    SCOPES.filter((other) => other !== scope),
  ),
}));

const unauthenticated = () => ({ status: 401, code: 'unauthenticated' });
const tenantRequired = ({ needsNoTenant }: Pick<CallerRoute, 'needsNoTenant'>) =>
  needsNoTenant ? undefined : { status: 400, code: 'tenant-required' };
const notItsTenant = () => ({ status: 403, code: 'forbidden', detail: 'The caller may not act for this tenant.' });
const accepted = () => undefined;

const ROWS: readonly Row[] = [
  { credentials: 'none', headers: {}, rejection: unauthenticated },
  { credentials: 'a wrong key', headers: { 'x-api-key': makeApiKey().key.reveal() }, rejection: unauthenticated },
  {
    credentials: 'a wrong bearer',
    headers: { authorization: `Bearer ${makeApiKey().key.reveal()}` },
    rejection: unauthenticated,
  },
  { credentials: 'basic', headers: { authorization: `Basic ${btoa(`app:${app.key}`)}` }, rejection: unauthenticated },
  { credentials: 'an expired key', headers: { 'x-api-key': expired.key }, rejection: unauthenticated },
  {
    credentials: 'two keys',
    headers: { 'x-api-key': app.key, authorization: `Bearer ${gateway.key}` },
    rejection: unauthenticated,
  },
  {
    credentials: 'a key for another tenant',
    headers: { 'x-api-key': app.key, 'x-tenant-id': 'globex' },
    rejection: notItsTenant,
  },
  {
    credentials: 'a key for a tenant that does not exist',
    headers: { 'x-api-key': app.key, 'x-tenant-id': 'nobody' },
    rejection: notItsTenant,
  },
  { credentials: 'a gateway without tenant', headers: { 'x-api-key': gateway.key }, rejection: tenantRequired },
  {
    credentials: 'a caller of two tenants without tenant',
    headers: { 'x-api-key': several.key },
    rejection: tenantRequired,
  },
  {
    credentials: 'a gateway for a tenant that does not exist',
    headers: { 'x-api-key': gateway.key, 'x-tenant-id': 'nobody' },
    rejection: notItsTenant,
  },
  {
    credentials: 'a gateway with tenant',
    headers: { 'x-api-key': gateway.key, 'x-tenant-id': 'acme' },
    rejection: accepted,
  },
  { credentials: 'a bearer', headers: { authorization: `Bearer ${app.key}` }, rejection: accepted },
  ...lacking.map(({ scope, key }) => ({
    credentials: `no ${scope}`,
    headers: { 'x-api-key': key },
    rejection: (route: Pick<CallerRoute, 'scope'>) =>
      route.scope === scope
        ? { status: 403, code: 'forbidden', detail: `The caller lacks the scope ${scope}.` }
        : undefined,
  })),
];

describe('every route, with every kind of credentials', () => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    const callers = [app, expired, gateway, several, ...lacking].map(({ entry }) => entry);
    stagedoor = await startStagedoor({ hubs: { acme: [HUBS.acme] }, tenantsFile: { callers } });
  });
  afterAll(() => stagedoor.close());

  const routes = () =>
    stagedoor.app
      .get(RequestHook)
      .routes.routes.flatMap(({ url, methods, declaration }) =>
        declaration?.access === 'caller' ? methods.map((method) => ({ url, method, declaration })) : [],
      );
  const pathOf = (url: string, id: string) => url.replace(/:channel\w+/, 'Direct').replaceAll(/:\w+/g, id);
  /** `localAddress`: one for each row, as unauthenticated requests are limited by address. */
  const send = async (method: string, path: string, headers: Row['headers'], localAddress = '127.0.0.1') => {
    const sent = request(`${stagedoor.url}${path}`, { method, headers, localAddress, agent: false });
    const [response]: IncomingMessage[] = await once(sent.end(), 'response');
    if (!response) throw new Error('no response');
    const text = Buffer.concat(await response.toArray()).toString();
    const body: Record<string, unknown> = text.startsWith('{') ? JSON.parse(text) : {};
    return { status: response.statusCode, code: body['code'], detail: body['detail'], body };
  };

  it.each(ROWS)('$credentials', async (row) => {
    const { headers, rejection } = row;
    const address = `127.0.1.${ROWS.indexOf(row) + 1}`;
    expect(routes().length).toBeGreaterThanOrEqual(10);
    const before = (await stagedoor.hubsterCalls()).length;
    let acceptedCount = 0;
    for (const { url, method, declaration } of routes()) {
      const expected = rejection(declaration);
      const { status, code, detail } = await send(method, pathOf(url, ABSENT), headers, address);
      if (!expected) {
        acceptedCount += 1;
        expect([method, url, [401, 403, 429].includes(status ?? 0)]).toEqual([method, url, false]);
      } else if (method === 'HEAD') {
        expect([method, url, status]).toEqual([method, url, expected.status]);
      } else {
        const problem = { status, code, ...(expected.detail !== undefined && { detail }) };
        expect([method, url, problem]).toEqual([method, url, expected]);
      }
    }
    if (acceptedCount === 0) expect(await stagedoor.hubsterCalls()).toHaveLength(before);
  });

  it('responds alike to the id of another tenant and to one that does not exist [N2]', async () => {
    const integration = {
      hubId: HUBS.globex,
      channelId: 'WebChat',
      name: 'theirs',
      configuration: { allowedOrigins: ['localhost'] },
    };
    const made = await stagedoor
      .as()
      .post(`/api/v1/integrations/hubs/${HUBS.globex}`)
      .set('x-api-key', gateway.key)
      .set('x-tenant-id', 'globex')
      .send(integration);
    const foreign: string[] = [HUBS.globex, ...(made.status === 200 ? [made.body.integrationId] : [])];
    const headers = { 'x-api-key': app.key };
    for (const { url, method } of routes().filter((route) => /:(integration|hub)Id/.test(route.url))) {
      const absent = await send(method, pathOf(url, ABSENT), headers);
      for (const id of foreign) {
        const { status, body } = await send(method, pathOf(url, id), headers);
        expect([method, url, status]).toEqual([method, url, absent.status]);
        expect({ ...body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
      }
    }
  });
});
