import { RedisServer } from '../support/redis-server';
import { startStagedoor } from '../support/stagedoor';

const EVENTS = '/api/v1/audit/events';
const WARNING = '"event":"audit.this-replica-only"';

describe('the scope of a trail in files', () => {
  it('is this replica if REDIS_URL is set: a warning and each page say so (S-801)', async () => {
    const redis = await RedisServer.start();
    const stagedoor = await startStagedoor({ env: { REDIS_URL: redis.url } });
    try {
      expect(stagedoor.logs.filter((line) => line.includes(WARNING))).toHaveLength(1);
      const { body } = await stagedoor.as('acme-app').get(EVENTS).expect(200);
      expect(body.scope).toBe('this replica');
    } finally {
      await stagedoor.close();
      await redis.stop();
    }
  });

  it('is not named without REDIS_URL, as there is one replica', async () => {
    const stagedoor = await startStagedoor();
    try {
      expect(stagedoor.logs.filter((line) => line.includes(WARNING))).toEqual([]);
      const { body } = await stagedoor.as('acme-app').get(EVENTS).expect(200);
      expect(body).not.toHaveProperty('scope');
    } finally {
      await stagedoor.close();
    }
  });
});
