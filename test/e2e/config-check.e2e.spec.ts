import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { RedisServer } from '../support/redis-server';

/** Runs the built command; resolves to its exit status and output. */
async function check(url: string, ...options: readonly string[]) {
  const env = { PATH: process.env['PATH'], REDIS_URL: url };
  const run = promisify(execFile)(process.execPath, ['dist/cli/stagedoor.js', 'check', ...options], { env });
  return run.then(
    ({ stdout }) => ({ status: 0, text: stdout }),
    ({ code, stdout, stderr }) => ({ status: Number(code), text: `${stdout}${stderr}` }),
  );
}

describe('stagedoor check --connect [S-781]', () => {
  let server: RedisServer;

  beforeEach(async () => {
    server = await RedisServer.start();
  });
  afterEach(() => server.close());

  it('has an exit status for each outcome, and names what is missing but no password', async () => {
    expect(await check(server.url, '--connect')).toMatchObject({
      status: 0,
      text: expect.stringContaining('everything'),
    });
    expect((await check(server.url, '--conect')).status).toBe(2);
    await server.send('ACL SETUSER app on >hunter2 ~* &* +@all -zadd -info -config');
    const app = await check(server.url.replace('//', '//app:hunter2@'), '--connect');
    expect(app).toMatchObject({ status: 4, text: expect.stringContaining('permission ZADD') });
    expect(app.text).toContain('does not show its version');
    const wrong = await check(server.url.replace('//', '//app:hunter3@'), '--connect');
    expect(wrong).toMatchObject({ status: 3, text: expect.stringContaining('Redis: auth') });
    expect(app.text + wrong.text).not.toContain('hunter');
  });
});
