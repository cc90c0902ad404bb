import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BALANCERS, BalancedReplicas, until } from '../support/balanced-replicas';
import { rollingRestarts } from '../support/scale/rolling-restarts';
import type { ServiceProcess } from '../support/service-process';

const CLIENT = '127.0.0.7';
const OTHER_CLIENT = '127.0.0.8';
/** What a client may write to look like another one. */
const FORGED = { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=198.51.100.2' };
/** Failed attempts of an address a minute, and those that each replica allows before it counts with the others. */
const ATTEMPTS = 60 + 3 * 7;

jest.setTimeout(180_000);

/** Behind nginx and HAProxy, with the blocks of docs/scaling.md. */
describe.each(BALANCERS)('three replicas behind $command', (balancer) => {
  let balanced: BalancedReplicas;

  beforeAll(async () => {
    balanced = await BalancedReplicas.start(balancer);
  });
  afterAll(() => balanced.close());

  it('know the address of the client, whatever it says itself, in audit and log [S-870]', async () => {
    const { status } = await balanced.send({ method: 'DELETE', path: '/api/v1/cache', from: CLIENT, headers: FORGED });
    expect(status).toBe(204);
    const address = `"address":"${CLIENT}"`;
    await until(async () => (await trails(balanced.services)).includes(address));
    await until(async () => outputs(balanced.services).some((line) => line.includes(address)));
    expect(await trails(balanced.services)).not.toMatch(/198\.51\.100/);
    expect(outputs(balanced.services).join('\n')).not.toMatch(/198\.51\.100/);
  });

  it('limit the failed attempts of a client, and not those of another [S-870]', async () => {
    const headers = { 'x-api-key': 'sd_wrong', ...FORGED };
    const attempt = async (from: string) => (await balanced.send({ path: '/api/v1/me', from, headers })).status;
    const statuses: number[] = [];
    while (statuses.length < 2 * ATTEMPTS) statuses.push(await attempt(CLIENT));
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect(statuses.filter((status) => status === 401).length).toBeLessThan(1.5 * ATTEMPTS);
    expect(await attempt(OTHER_CLIENT)).toBe(401);
  });

  it('lose no request while each of them is restarted, and create each integration once [S-875]', async () => {
    const { requests, restarts, failures, double, lost } = await rollingRestarts(balanced, {
      requests: 500,
      clients: 8,
    });
    expect({ failures, double, lost }).toEqual({ failures: {}, double: 0, lost: 0 });
    expect(requests).toBeGreaterThanOrEqual(500);
    expect(restarts).toBeGreaterThanOrEqual(3);
    for (const replica of balanced.all.slice(0, 3)) expect(replica.output()).toContain('"method":"POST"');
  });
});

function outputs(services: readonly ServiceProcess[]): readonly string[] {
  return services.map((service) => service.output());
}

/** The audit trails of all replicas. */
async function trails(services: readonly ServiceProcess[]): Promise<string> {
  const texts = services.map(async ({ directory }) => {
    const folder = join(directory, 'data', 'audit');
    const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
    return (await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
  });
  return (await Promise.all(texts)).join('\n');
}
