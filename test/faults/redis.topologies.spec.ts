import { RedisCluster } from '../support/redis-cluster';
import { RedisSentinels } from '../support/redis-sentinels';
import { createKeyed } from '../support/scale/keyed-creates';

const CREATES = 90;
/** No key is `idempotency-running` for longer. */
const RUNNING_AT_MOST_MS = 10_000;

const NOTHING_WRONG = { double: 0, lost: 0, failedReads: [] };

describe('keyed creates and reads while Redis changes [S-785, S-760, N6]', () => {
  it('of a cluster, a master is killed and a slot is moved', async () => {
    const cluster = await RedisCluster.start();
    try {
      const fault = () => cluster.moveSlotOf('{acme}').then(() => cluster.killMasterOf('{acme}'));
      const report = await createKeyed({ creates: CREATES, env: { REDIS_URL: cluster.endpointUrl }, fault });
      expect(report).toMatchObject(NOTHING_WRONG);
      expect(report.longestRunningMs).toBeLessThan(RUNNING_AT_MOST_MS);
    } finally {
      await cluster.close();
    }
  });

  it('of Sentinels, the primary is killed', async () => {
    const sentinels = await RedisSentinels.start();
    try {
      const fault = () => sentinels.failOver();
      const report = await createKeyed({ creates: CREATES, env: { REDIS_URL: sentinels.url }, fault });
      expect(report).toMatchObject(NOTHING_WRONG);
      expect(report.longestRunningMs).toBeLessThan(RUNNING_AT_MOST_MS);
    } finally {
      await sentinels.close();
    }
  });
});
