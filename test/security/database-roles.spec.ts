import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { SchemaOutdated } from '../../src/audit/postgres/migrate';
import { UnresolvedIntents } from '../../src/audit/query/unresolved-intents';
import { startSandbox } from '../../src/sandbox/sandbox';
import { ManualClock } from '../support/manual-clock';
import { PostgresServer, queryOf } from '../support/postgres-server';
import { textOf } from '../support/repository';
import { recordFor, TrailReplica } from '../support/scale/trail-store';
import { SECRET_KEY, startStagedoor } from '../support/stagedoor';

const ROOT = join(__dirname, '..', '..');
/** The statements of docs/security.md: the roles, and after a migration by the owner what they may do. */
const [ROLES = '', GRANTS = ''] = [...textOf('docs/security.md').matchAll(/```sql\n(.*?)```/gs)].map(([, sql]) => sql);
const MONTH_MS = 31 * 24 * 60 * 60 * 1000;

const textFor = (n: number) => recordFor('acme', n);

describe('the roles of docs/security.md [S-793]', () => {
  let server: PostgresServer;
  const as = (role: string) => server.urlOf('trail', `stagedoor_${role}`);
  /** A command of the built service; resolves to its exit status and output. */
  const run = (command: string, role: string, env: Readonly<Record<string, string>> = {}) => {
    const variables = { PATH: process.env['PATH'] ?? '', SECRET_KEY, AUDIT_DATABASE_URL: as(role), ...env };
    try {
      return {
        status: 0,
        output: execFileSync('node', [join(ROOT, 'dist/cli/stagedoor.js'), ...command.split(' ')], {
          encoding: 'utf8',
          stdio: 'pipe',
          env: variables,
        }),
      };
    } catch (error) {
      const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
      return { status, output: `${stdout}${stderr}` };
    }
  };
  const denied = (role: string, sql: string) => expect(queryOf(as(role), sql)).rejects.toMatchObject({ code: '42501' });

  beforeAll(async () => {
    server = await PostgresServer.start();
    await server.query('CREATE DATABASE trail');
    await server.query(ROLES, server.urlOf('trail'));
  });
  afterAll(() => server.close());

  it('an old schema stops the start of a service whose role may not migrate, with what to do', async () => {
    await server.query('GRANT USAGE ON SCHEMA stagedoor TO stagedoor_service', server.urlOf('trail'));
    const env = { AUDIT_STORE: 'postgres', AUDIT_DATABASE_URL: as('service') };
    const sandbox = await startSandbox();
    await expect(startStagedoor({ env, sandbox })).rejects.toThrow(SchemaOutdated);
    await sandbox.close();
    expect(run('migrate', 'service')).toMatchObject({
      status: 1,
      output: expect.stringContaining('Run `stagedoor migrate`'),
    });
  });

  it('the owner migrates, once', async () => {
    expect(run('migrate', 'owner')).toEqual({
      status: 0,
      output: 'The schema had version 0 and has version 1 now.\n',
    });
    expect(run('migrate', 'owner')).toEqual({ status: 0, output: 'The schema has version 1 already.\n' });
    await server.query(GRANTS, server.urlOf('trail'));
  });

  it('the service appends and reads, and can neither change nor remove a line', async () => {
    const replica = await TrailReplica.open(as('service'));
    await replica.store.append([textFor(1), textFor(2)]);
    expect((await replica.query.page('acme', {}, { limit: 10 })).results).toHaveLength(2);
    expect(await new UnresolvedIntents(replica.store).between(0, Date.now() + MONTH_MS)).toEqual([]);
    for (const sql of [
      "UPDATE stagedoor.audit_lines SET tenant = 'globex'",
      'DELETE FROM stagedoor.audit_lines',
      'TRUNCATE stagedoor.audit_lines',
      'DROP TABLE stagedoor.audit_lines',
      'DELETE FROM stagedoor.open_intents',
      'SELECT stagedoor.drop_audit_partition(now())',
      "SELECT stagedoor.create_audit_partition('1999-01-01')",
    ])
      await denied('service', sql);
    await replica.close();
    expect(await replica.verify(as('auditor'))).toMatchObject({ state: 'ok', lines: 4 });
  });

  it('the retention can do nothing but drop months that the trail calls expired', async () => {
    const owner = as('owner');
    await queryOf(owner, "SELECT stagedoor.create_audit_partition('2024-01-01')");
    const old = await TrailReplica.open(owner, new ManualClock(Date.UTC(2024, 0, 15)));
    const names = async () =>
      (
        await queryOf(
          owner,
          "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'stagedoor.audit_lines'::regclass ORDER BY 1",
        )
      ).map(({ name }) => String(name));
    await old.store.append([textFor(3)]);
    await old.store.seal();
    expect(await names()).toContain('stagedoor.audit_lines_2024_01');
    await denied('retention', 'SELECT * FROM stagedoor.audit_lines');
    await denied('retention', 'DROP TABLE stagedoor.audit_lines_2024_01');

    expect(run('audit retention', 'retention', { AUDIT_RETENTION: '400d' })).toEqual({
      status: 0,
      output: 'Dropped audit_lines_2024_01.\n',
    });
    // The trail itself keeps 400 days, so a shorter retention of the command drops no more.
    const kept = await names();
    expect(run('audit retention', 'retention', { AUDIT_RETENTION: '1d' })).toEqual({ status: 0, output: '' });
    expect(await names()).toEqual(kept);
    expect(await old.verify(as('auditor'))).toMatchObject({ state: 'ok' });
    await old.close();
  });

  it.each([
    [
      'a line that was edited',
      "UPDATE stagedoor.audit_lines SET line = replace(line, 'billing', 'nobody') WHERE seq = 2",
    ],
    ['a line that was moved to another tenant', "UPDATE stagedoor.audit_lines SET tenant = 'globex' WHERE seq = 2"],
    [
      'a line that was moved in time',
      "UPDATE stagedoor.audit_lines SET stored_at = stored_at + interval '1 ms' WHERE seq = 2",
    ],
    ['a line that was removed', 'DELETE FROM stagedoor.audit_lines WHERE seq = 2'],
    [
      'a line of somebody else',
      "INSERT INTO stagedoor.audit_lines (chain, seq, stored_at, line) VALUES ('forged', 0, now(), '{}')",
    ],
  ])('audit verify reports %s, by the exit status too', async (_what, sql) => {
    const url = await server.createDatabase();
    const replica = await TrailReplica.open(url);
    await replica.store.append([textFor(1), textFor(2), textFor(3)]);
    const env = { AUDIT_DATABASE_URL: url, AUDIT_CHECKPOINTS: join(ROOT, 'no-checkpoints') };
    await replica.close();
    expect(run('audit verify', 'auditor', env)).toMatchObject({ status: 0, output: expect.stringMatching(/\nok\n$/) });
    await queryOf(url, sql);
    expect(run('audit verify', 'auditor', env)).toMatchObject({
      status: 1,
      output: expect.stringMatching(/\ntampered\n$/),
    });
  });

  it('audit export of the auditor has the bytes that a query of the service has [S-832]', async () => {
    const url = await server.createDatabase();
    const replica = await TrailReplica.open(url);
    const count = 150;
    for (let n = 0; n < count; n += 2) await replica.store.append([textFor(n), recordFor('globex', n + 1)]);
    const { results } = await replica.query.page('acme', {}, { limit: 500 });
    await replica.close();
    const exported = (...options: readonly string[]) =>
      run(['audit export', ...options].join(' '), 'auditor', { AUDIT_DATABASE_URL: url });

    expect(results).toHaveLength(count / 2);
    expect(exported('--tenant acme')).toEqual({
      status: 0,
      output: results.map((event) => `${JSON.stringify(event)}\n`).join(''),
    });
    expect(exported().output.match(/\n/g)).toHaveLength(count);
    const oldest = results.at(-1)?.time ?? '';
    const { status, output } = exported(`--from ${oldest}`, `--to ${new Date(Date.parse(oldest) + 1).toISOString()}`);
    expect(status).toBe(0);
    expect(output).toContain(`"time":"${oldest}"`);
    expect(output.replaceAll(`"time":"${oldest}"`, '')).not.toContain('"time"');
  });

  it('audit verify of a database without a trail is no-trail, and of one that is away unreadable', async () => {
    const url = await server.createDatabase();
    const replica = await TrailReplica.open(url);
    await replica.close();
    const env = { AUDIT_DATABASE_URL: url, AUDIT_CHECKPOINTS: join(ROOT, 'no-checkpoints') };
    expect(run('audit verify', 'auditor', env)).toMatchObject({ status: 6 });
    const away = { AUDIT_DATABASE_URL: 'postgres://somebody:a-password@127.0.0.1:1/trail' };
    const { status, output } = run('audit verify', 'auditor', away);
    expect([status, output]).toEqual([2, 'Cannot read the trail: connect ECONNREFUSED 127.0.0.1:1\n']);
  });
});
