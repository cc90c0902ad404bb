import { EventEmitter } from 'node:events';
import { queryObjects } from 'node:v8';
import type { Redis } from 'ioredis';
import { ManualClock } from '../../test/support/manual-clock';
import { RedisSubscription } from './redis-subscription';

/** A connection that is made and lost at its first heartbeat. */
class LostClient extends EventEmitter {
  async connect(): Promise<void> {
    // It is there.
  }

  async subscribe(): Promise<void> {
    // It listens.
  }

  async ping(): Promise<never> {
    this.emit('close');
    throw new Error('Connection is closed.');
  }

  disconnect(): void {
    // Nothing is open.
  }
}

describe('RedisSubscription', () => {
  it('keeps nothing of connections that were lost [S-860]', async () => {
    const clock = new ManualClock();
    let made = 0;
    const connect = () => {
      made += 1;
      return new LostClient() as unknown as Redis;
    };
    const subscription = new RedisSubscription(connect, clock, 'channel', {
      onMessage: () => undefined,
      onStateChange: () => undefined,
    });
    for (let round = 0; round < 200; round += 1) await clock.advance(1000);
    await subscription.close();
    expect(made).toBeGreaterThan(50);
    // What the last tick still holds is not kept.
    await new Promise((resolve) => setImmediate(resolve));
    expect(queryObjects(LostClient, { format: 'count' })).toBeLessThan(5);
  });
});
