import { PostgresServer, queryOf } from '../support/postgres-server';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const EVENTS = '/api/v1/audit/events';
const PATH_OF = { 'acme-app': HUBS.acme, 'globex-app': HUBS.globex } as const;
const webChat = (name: string) => ({ channelId: 'WebChat', name, configuration: { allowedOrigins: ['localhost'] } });

let server: PostgresServer;

beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(() => server.close());

describe.each(['file', 'postgres'] as const)('GET /api/v1/audit/events (AUDIT_STORE=%s)', (store) => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    stagedoor = await startStagedoor({
      env: { AUDIT_STORE: store, AUDIT_DATABASE_URL: await server.createDatabase() },
    });
    for (const [caller, name] of [
      ['acme-app', 'one'],
      ['globex-app', 'theirs'],
      ['acme-app', 'two'],
    ] as const) {
      await create(caller, name).expect(200);
    }
    await create('acme-app', 'two').expect(409);
    // Responses do not wait for outcomes, but the intent of the next write is stored behind them.
    await stagedoor.as('acme-app').delete('/api/v1/cache').expect(204);
  });
  afterAll(() => stagedoor.close());

  const create = (caller: keyof typeof PATH_OF, name: string) =>
    stagedoor.as(caller).post(`/api/v1/integrations/hubs/${PATH_OF[caller]}`).send(webChat(name));
  const read = (query: object = {}) => stagedoor.as('acme-app').get(EVENTS).query(query);
  const withoutReads = (events: readonly { action: string }[]) =>
    events.filter(({ action }) => action !== 'audit.read');
  const summaryOf = (events: readonly { action: string; phase: string; outcome?: string }[]) =>
    withoutReads(events).map(({ action, phase, outcome = '' }: { action: string; phase?: string; outcome?: string }) =>
      `${action} ${phase} ${outcome}`.trim(),
    );

  const ALL = [
    'cache.purge event success',
    'integration.create outcome refused',
    'integration.create intent',
    'integration.create outcome success',
    'integration.create intent',
    'integration.create outcome success',
    'integration.create intent',
  ];

  it('returns the tenant’s own events, newest first, and no others [N2]', async () => {
    const { body, headers } = await read().expect(200);

    expect(summaryOf(body.results)).toEqual(ALL);
    expect(new Set(body.results.map(({ tenant }: { tenant: string }) => tenant))).toEqual(new Set(['acme']));
    expect(headers['cache-control']).toBe('no-store');
    expect(JSON.stringify(body)).not.toContain('"seq"');
    expect(JSON.stringify((await stagedoor.as('globex-app').get(EVENTS).expect(200)).body)).not.toContain('"acme"');
  });

  it('is recorded itself', async () => {
    await read({ action: 'audit.read' }).set('x-request-id', 'the-reading').expect(200);
    const { body } = await read({ action: 'audit.read', limit: 1 }).expect(200);

    expect(body.results).toEqual([
      expect.objectContaining({ requestId: 'the-reading', caller: 'acme-app', outcome: 'success', status: 200 }),
    ]);
  });

  it('filters by action, outcome, caller, target and time', async () => {
    expect(summaryOf((await read({ action: 'cache.purge' })).body.results)).toEqual(ALL.slice(0, 1));
    expect(summaryOf((await read({ outcome: 'refused' })).body.results)).toEqual(ALL.slice(1, 2));
    expect(withoutReads((await read({ caller: 'reader' })).body.results)).toEqual([]);
    expect(summaryOf((await read({ target: 'acme' })).body.results)).toEqual(ALL.slice(0, 1));
    const [purge] = (await read({ action: 'cache.purge' })).body.results;
    expect(summaryOf((await read({ from: purge.time, action: 'cache.purge' })).body.results)).toEqual(ALL.slice(0, 1));
    expect(summaryOf((await read({ to: purge.time, action: 'cache.purge' })).body.results)).toEqual([]);
  });

  it('continues at a cursor without a gap or a repetition', async () => {
    const seen: string[] = [];
    for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page += 1) {
      const { body } = await read({ action: 'integration.create', limit: 1, ...(cursor && { cursor }) }).expect(200);
      seen.push(...summaryOf(body.results));
      cursor = body.nextCursor;
    }

    expect(seen).toEqual(ALL.slice(1));
  });

  it('exports all matching events as NDJSON, one a line', async () => {
    const exported = await stagedoor
      .as('acme-app')
      .get(EVENTS)
      .query({ action: 'integration.create' })
      .set('accept', 'application/x-ndjson')
      .buffer(true)
      .parse((response, done) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('end', () => done(null, text));
      })
      .expect('content-type', 'application/x-ndjson')
      .expect(200);

    const lines = String(exported.body).trimEnd().split('\n');
    expect(summaryOf(lines.map((line) => JSON.parse(line)))).toEqual(ALL.slice(1));
  });

  it.each(['application/x-ndjson;q=0', 'application/x-ndjson;q=0.1, application/json', '*/*', 'application/*'])(
    'returns a page of JSON for Accept: %s',
    async (accept) => {
      await read().set('accept', accept).expect('content-type', 'application/json; charset=utf-8').expect(200);
    },
  );

  it('reports all violations of the query at once, and never a value', async () => {
    const { body } = await read({
      from: 'yesterday',
      to: '2026-13-01T00:00:00Z',
      action: 'x.y',
      outcome: 'x',
      limit: 501,
      cursor: '',
      color: 'x',
    }).expect(400);

    const violations = body.errors.map(
      ({ code, parameter }: { code: number; parameter: string }) => `${code} ${parameter}`,
    );
    expect(violations.sort()).toEqual(
      ['204 from', '204 to', '206 action', '206 color', '206 cursor', '206 outcome', '207 limit'].sort(),
    );
    expect(JSON.stringify(body)).not.toContain('yesterday');
    await read({ limit: 'ten' }).expect(400);
    for (const from of ['2026-02-30T00:00:00Z', '2026-02-28T24:00:00Z', '2026-02-28T00:00:00+24:00']) {
      expect((await read({ from }).expect(400)).body.errors).toMatchObject([{ code: 204, parameter: 'from' }]);
    }
    await read({ from: '2026-02-28T00:00:00Z' }).expect(200);
    await read({ cursor: 'bm9uZQ' }).expect(400);
  });

  it('requires the scope audit:read', async () => {
    await stagedoor.as('reader').get(EVENTS).expect(403);
  });
});

describe('AUDIT_STORE=postgres', () => {
  it('ends the chain with a seal before the connections are closed', async () => {
    const url = await server.createDatabase();
    const stagedoor = await startStagedoor({ env: { AUDIT_STORE: 'postgres', AUDIT_DATABASE_URL: url } });
    await stagedoor.as('acme-app').delete('/api/v1/cache').expect(204);
    await stagedoor.close();
    const [last] = await queryOf(
      url,
      'SELECT line FROM stagedoor.audit_lines ORDER BY stored_at DESC, seq DESC LIMIT 1',
    );

    expect(last?.['line']).toContain('"phase":"seal"');
  });
});
