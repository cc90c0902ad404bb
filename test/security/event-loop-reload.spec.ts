import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MeasuredService, startMeasured, TICK_BUDGET_MS } from '../support/event-loop';

/** A file of 8 MB. */
const TENANTS = 20_000;
const CALLERS = 40_000;
const RELOADED = 'The tenants file was reloaded';

jest.setTimeout(120_000);

describe(`a reload of a large tenants file holds the event loop for at most ${TICK_BUDGET_MS} ms`, () => {
  let directory: string;
  let path: string;
  let measured: MeasuredService;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'stagedoor-reload-'));
    path = join(directory, 'tenants.yaml');
    await writeFile(path, tenantsFile(1, 1));
    measured = await startMeasured({
      PORT: '0',
      HOST: '127.0.0.1',
      // Nothing is sent to them.
      HUBSTER_PORTAL_URL: 'http://127.0.0.1:9',
      HUBSTER_IDENTITY_URL: 'http://127.0.0.1:9',
      TENANTS_FILE: path,
      CLIENT_SECRET: 'w7Qm2ZrX9bTfKc4LhVy8JdNs6PgEa3Uo',
      SECRET_KEY: 'T5nHk8WqYb2RxVj7MzCd4LfGs9PuEa6Xo3',
      LOG_FORMAT: 'pretty',
    });
  });
  afterAll(async () => {
    await measured.service.stop();
    await rm(directory, { recursive: true });
  });

  async function reload(text: string): Promise<void> {
    const count = measured.service.output().split(RELOADED).length - 1;
    await writeFile(path, text);
    await measured.service.prints(new RegExp(`(?:${RELOADED}[\\s\\S]*){${count + 1}}`));
  }

  it('when tenants come and go, and when only a comment is added', async () => {
    const large = tenantsFile(TENANTS, CALLERS);
    let comments = 0;
    const edits = async () => {
      await reload(large);
      comments += 1;
      await reload(`${large}# ${comments}\n`);
      await reload(tenantsFile(1, 1));
    };
    expect(await measured.longestTickMs(edits)).toBeLessThanOrEqual(TICK_BUDGET_MS);
    const lines = measured.service.output().split('\n');
    const reloads = lines.filter((line) => line.includes(RELOADED)).slice(0, 3);
    const countsOf = (name: string) => reloads.map((line) => Number(new RegExp(` ${name}=(\\d+)`).exec(line)?.[1]));
    expect(countsOf('added')).toEqual([TENANTS - 1, 0, 0]);
    expect(countsOf('changed')).toEqual([0, 0, 0]);
    expect(countsOf('removed')).toEqual([0, 0, TENANTS - 1]);
  });
});

function tenantsFile(tenants: number, callers: number): string {
  const hashOf = (caller: number) => caller.toString(16).padStart(64, '0');
  return [
    'tenants:',
    ...Array.from({ length: tenants }, (_, tenant) => {
      return `  - { id: tenant-${tenant}, hubster: { clientId: client-${tenant}, clientSecret: { env: CLIENT_SECRET } } }`;
    }),
    'callers:',
    ...Array.from({ length: callers }, (_, caller) => {
      return `  - { id: caller-${caller}, keyHash: "sha256:${hashOf(caller)}", tenants: [tenant-${caller % tenants}], scopes: [integrations:read] }`;
    }),
    '',
  ].join('\n');
}
