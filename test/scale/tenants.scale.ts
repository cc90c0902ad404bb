import { RotatedTenants } from '../support/scale/rotated-tenants';

jest.setTimeout(300_000);

it('10,000 tenants: all secrets rotated three times beside 100 reads a second', async () => {
  const fleet = await RotatedTenants.start({ tenants: 10_000, active: 500, requestsPerSecond: 100, rotations: 3 });
  try {
    console.log(await fleet.rotate());
  } finally {
    await fleet.close();
  }
});
