import { OverloadHook } from '../../src/api/hooks/overload.hook';
import { ManualClock } from '../support/manual-clock';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const LIST = `/api/v1/integrations/hubs/${HUBS.acme}/Direct`;
const BODY = { channelId: 'WebChat', name: 'never made', configuration: {} };

describe('a saturated process [S-869]', () => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    const clock = new ManualClock();
    stagedoor = await startStagedoor({ clock });
    await stagedoor.as('acme-app').get(LIST).expect(200);
    const busy = { idle: 0, active: 1000, utilization: 1 };
    const measured = jest.spyOn(performance, 'eventLoopUtilization').mockReturnValue(busy);
    const hook = stagedoor.app.get(OverloadHook);
    hook.check();
    await clock.advance(1000);
    hook.check();
    measured.mockRestore();
    for (let count = 0; count < 256; count += 1) hook.begin('acme');
  });
  afterAll(async () => {
    const hook = stagedoor.app.get(OverloadHook);
    for (let count = 0; count < 256; count += 1) hook.end('acme');
    await stagedoor.close();
  });

  it('rejects a read that is no hit with 503 and Retry-After, before Hubster is called', async () => {
    const before = (await stagedoor.hubsterCalls()).length;
    const { body, headers } = await stagedoor.as('acme-app').get(LIST).set('cache-control', 'no-cache').expect(503);
    expect([body.code, headers['retry-after']]).toEqual(['overloaded', '1']);
    expect(await stagedoor.hubsterCalls()).toHaveLength(before);
  });

  it('rejects a write before anything is done, and records that for the caller once', async () => {
    const before = (await stagedoor.hubsterCalls()).length;
    const path = `/api/v1/integrations/hubs/${HUBS.acme}`;
    for (let count = 0; count < 70; count += 1) await stagedoor.as('acme-app').post(path).send(BODY).expect(503);
    expect(await stagedoor.hubsterCalls()).toHaveLength(before);
    const trail = await stagedoor.trail();
    const rejected = trail.filter(({ action, code }) => action === 'integration.create' && code === 'overloaded');
    expect(rejected.length).toBeGreaterThan(0);
    expect(rejected.length).toBeLessThanOrEqual(60);
    expect(trail.filter(({ phase }) => phase === 'intent')).toEqual([]);
  });

  it('serves hits, probes and other tenants [N2]', async () => {
    await stagedoor.as('acme-app').get(LIST).expect(200);
    for (const path of ['/health/live', '/health/ready', '/metrics']) await stagedoor.as().get(path).expect(200);
    await stagedoor.as('globex-app').get('/api/v1/integrations').set('cache-control', 'no-cache').expect(200);
  });
});
