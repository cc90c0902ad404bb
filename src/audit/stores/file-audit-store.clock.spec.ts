import { body, TrailFolder } from '../../../test/support/audit/trail-folder';
import { ManualClock } from '../../../test/support/manual-clock';

const DAY = 24 * 60 * 60 * 1000;

let folder: TrailFolder;

beforeEach(async () => {
  folder = await TrailFolder.make();
});

afterEach(() => folder.close());

describe('FileAuditStore with a clock that jumps', () => {
  const lines = async () =>
    (await Promise.all((await folder.chains()).map((name) => folder.linesOf(name)))).flat().map(({ n }) => n);

  it('removes nothing when it is 500 days ahead for one append, and uses one file when it is right again', async () => {
    const clock = new ManualClock();
    const store = folder.open(clock);
    await store.append([body(0)]);
    folder.logged();
    clock.jump(500 * DAY);
    await store.append([body(1)]);
    expect(folder.logged()).toContain('audit.clock-jumped');
    await clock.advance(60_000);
    clock.jump(-500 * DAY);
    for (let n = 2; n < 20; n += 1) await store.append([body(n)]);
    const files = await folder.chains();
    expect(files.map((name) => name.slice(0, 8))).toEqual(['20260101', '20260101', '20270516']);
    expect((await lines()).filter((n) => n !== undefined).sort()).toEqual(
      Array.from({ length: 20 }, (_, n) => n).sort(),
    );
    expect((await folder.linesOf(files[1]))[0]).toMatchObject({ time: '2026-01-01T00:01:00.000Z' });
  });

  it('removes nothing when processes start with it', async () => {
    const clock = new ManualClock();
    await folder.open(clock).append([body(0)]);
    clock.jump(500 * DAY);
    for (let n = 1; n < 5; n += 1) {
      await folder.open(clock).append([body(n)]);
      await clock.advance(1000);
    }
    expect(await folder.chains()).toHaveLength(5);
  });

  it('makes at most two files a minute when it jumps back and forth', async () => {
    const clock = new ManualClock();
    const store = folder.open(clock);
    for (let n = 0; n < 120; n += 1) {
      await store.append([body(n)]);
      await clock.advance(1000);
      clock.jump(n % 2 === 0 ? 2 * DAY : -2 * DAY);
    }
    expect((await folder.chains()).length).toBeLessThanOrEqual(5);
  });

  it('uses one file when it is set back over midnight', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 2));
    const store = folder.open(clock);
    await store.append([body(0)]);
    clock.jump(-500);
    for (let n = 1; n < 10; n += 1) await store.append([body(n)]);
    expect(await folder.chains()).toHaveLength(1);
  });

  it('names the chain that was written last, not the one with the latest name, in a new process', async () => {
    const clock = new ManualClock();
    const store = folder.open(clock);
    await store.append([body(0)]);
    clock.jump(500 * DAY);
    await store.append([body(1)]);
    await clock.advance(60_000);
    clock.jump(-500 * DAY);
    await store.append([body(2)]);
    const [, last = ''] = await folder.chains();
    await clock.advance(5);
    await folder.open(clock).append([body(3)]);
    expect((await folder.linesOf((await folder.chains())[2]))[0]).toMatchObject({
      after: { chain: last.replace('.jsonl', '') },
    });
  });

  it('trusts a clock that has run for a week since the jump', async () => {
    const clock = new ManualClock();
    const store = folder.open(clock);
    await store.append([body(0)]);
    clock.jump(500 * DAY);
    for (let day = 0; day <= 8; day += 1) {
      await store.append([body(day)]);
      await clock.advance(DAY);
    }
    expect((await folder.chains())[0]).toMatch(/^2027/);
  });
});
