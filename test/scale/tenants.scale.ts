import { RotatedTenants } from '../support/scale/rotated-tenants';

const TENANTS = 10_000;

jest.setTimeout(600_000);

it(`${TENANTS} tenants: all their secrets are rotated three times beside 100 reads a second`, async () => {
  const fleet = await RotatedTenants.start({ tenants: TENANTS, active: 500, requestsPerSecond: 100, rotations: 3 });
  try {
    const result = await fleet.rotate();
    const rows = [
      ['start, until it listens', `${Math.round(result.startMs)} ms`, '≤ 3,000 ms'],
      ['SIGHUP, until all new secrets are in force', `${Math.round(result.reloadMs)} ms`, '–'],
      [`longest of ${result.requests} requests`, `${Math.round(result.maxRequestMs)} ms`, '≤ 300 ms'],
      ['longest tick of the event loop, CPU time', `${Math.round(result.longestTickMs)} ms`, '≤ 100 ms'],
      ['epochs of the cache', new Set(result.epochs).size, '1'],
      ['responses other than 200', result.failed, '0'],
      ['memory (RSS)', `${result.residentMiB} MiB`, '–'],
    ];
    const table = [
      '| what | result | goal |',
      '| --- | --- | --- |',
      ...rows.map((row) => `| ${row.join(' | ')} |`),
      '',
    ];
    process.stdout.write(`\n${table.join('\n')}\n`);
    expect(result).toMatchObject({ failed: 0, changed: result.changed.map(() => TENANTS) });
    expect(new Set(result.epochs).size).toBe(1);
  } finally {
    await fleet.close();
  }
});
