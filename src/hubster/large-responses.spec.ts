import { raw } from '../../test/support/hubster/stub-server';
import { StubbedClient } from '../../test/support/hubster/stubbed-client';
import { ManualClock } from '../../test/support/manual-clock';
import type { Channel } from '../channels/channel';
import { channelById } from '../channels/channel-registry';
import { Deadline } from '../context/request-context';
import { HubsterError } from './outcome/hubster-error';
import { HubsterPortal } from './portal';

const JSON_TYPE = { 'content-type': 'application/json' };
const HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';
const MIB = 1024 * 1024;

function direct(): Channel {
  const channel = channelById('Direct');
  if (!channel) throw new Error('the channel Direct is missing');
  return channel;
}

/** A clock that a test can move forward without an await. */
class LateClock extends ManualClock {
  lateMs = 0;

  override monotonic(): number {
    return super.monotonic() + this.lateMs;
  }
}

const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const item = (number: number, configuration: object = {}) =>
  JSON.stringify({ integrationId: idOf(number), hubId: HUB, channelId: 'Direct', configuration });

describe('reading large responses of Hubster in slices', () => {
  let hubster: StubbedClient;
  let portal: HubsterPortal;

  beforeEach(async () => {
    hubster = await StubbedClient.start(new ManualClock());
    portal = new HubsterPortal(hubster.client, hubster.metrics);
  });
  afterEach(() => hubster.close());

  async function idsIn(response: string): Promise<readonly string[]> {
    hubster.stub.portal = [raw(200, response, JSON_TYPE)];
    const { integrations } = await portal.listByChannel(hubster.context(), HUB, direct());
    return integrations.map(({ integrationId }) => integrationId);
  }

  it('reads all items in their order [S-504]', async () => {
    const numbers = Array.from({ length: 3000 }, (_, index) => index);
    expect(await idsIn(`[${numbers.map((number) => item(number, { name: 'é'.repeat(200) }))}]`)).toEqual(
      numbers.map(idOf),
    );
  });

  it.each([
    ['in one text', { welcomeMessage: 'x'.repeat(2.5 * MIB) }],
    ['in many texts', { list: Array.from({ length: 300_000 }, (_, index) => `entry ${index}`) }],
  ])('drops and counts an integration of over 2 MiB %s, and no other [S-010]', async (_where, configuration) => {
    expect(await idsIn(`[${item(1)},${item(2, configuration)},${item(3)}]`)).toEqual([idOf(1), idOf(3)]);
    expect(await hubster.metrics.registry.metrics()).toContain('quirks_total{quirk="unreadable-item"} 1');
  });

  it.each([
    ['is repeated', `${item(1)},{"a":1,"list":[${Array(100_000).fill('"text"')}],"a":2}`],
    ['is malformed', `${item(1)},{"list":[${Array(100_000).fill('"text"')},]}`],
  ])('rejects the whole response if a member %s [S-011]', async (_what, items) => {
    await expect(idsIn(`[${items}]`)).rejects.toThrow(HubsterError);
  });

  it('stops reading when the deadline passes or the caller disconnects', async () => {
    const items = Array.from({ length: 3000 }, (_, index) => item(index));
    for (const end of ['deadline', 'caller'] as const) {
      const caller = new AbortController();
      const late = new LateClock();
      hubster.stub.portal = [raw(200, `[${items}]`, JSON_TYPE)];
      const context = { ...hubster.context({ signal: caller.signal }), deadline: Deadline.after(late, 10_000) };
      let count = 0;
      const reading = portal.mapByChannel(context, HUB, direct(), () => {
        count += 1;
        // Long enough that the slice ends and other work of the event loop runs.
        for (const until = performance.now() + 1; performance.now() < until; );
        if (end === 'deadline') late.lateMs = 10_000;
        else caller.abort();
      });
      await expect(reading).rejects.toMatchObject({ outcome: { kind: 'deadline', phase: 'portal', sent: true } });
      expect(count).toBeLessThan(30);
    }
  });

  it.each([
    ['nothing was dropped', `${item(1)},${item(2)}`, true],
    ['it is empty', '', true],
    ['an id is cut off', `${item(1)},${item(2).replace(idOf(2), '00000000 ...')}`, false],
    ['an id is missing', `${item(1)},${item(2).replace(/"integrationId":"[^"]*",/, '')}`, false],
    ['an item is over 2 MiB', `${item(1)},${item(2, { text: 'x'.repeat(2.5 * MIB) })}`, false],
    ['an item is not an object', `${item(1)},null`, false],
    ['an item is of another channel', `${item(1)},${item(2).replace('Direct', 'Dirrect')}`, false],
  ])('reports a complete list only if no item was dropped: %s [S-010]', async (_what, items, isComplete) => {
    hubster.stub.portal = [raw(200, `[${items}]`, JSON_TYPE)];
    expect(await portal.listByChannel(hubster.context(), HUB, direct())).toMatchObject({ isComplete });
  });

  it('keeps the slot of the call until its response is read, which limits the responses in memory [N2]', async () => {
    const items = Array.from({ length: 3000 }, (_, index) => item(index));
    hubster.stub.portal = [raw(200, `[${items}]`, JSON_TYPE)];
    const sentSoFar = () => hubster.stub.received.filter(({ url }) => url.includes('/hubs/')).length;
    let isFirst = true;
    const sent: number[] = [];
    const readers = Array.from({ length: 11 }, async () => {
      let count = 0;
      await portal.mapByChannel(hubster.context(), HUB, direct(), () => {
        count += 1;
        if (!isFirst) return;
        if (count % 100 === 0) for (const until = performance.now() + 5; performance.now() < until; );
        sent.push(sentSoFar());
      });
      isFirst = false;
    });
    await Promise.all(readers);
    expect([sent.length, Math.max(...sent), sentSoFar()]).toEqual([3000, 10, 11]);
  });

  it('rejects a list of hubs only', async () => {
    await expect(idsIn(`[${Array(50_000).fill(`{"hubId":"${HUB}"}`)}]`)).rejects.toThrow(HubsterError);
  });
});
