import { Replicas } from '../support/replicas';
import { HUBS, type Stagedoor } from '../support/stagedoor';

const CALLERS = 1_000;

describe('a stampede', () => {
  let replicas: Replicas;
  let doors: readonly Stagedoor[];

  beforeAll(async () => {
    replicas = await Replicas.start();
    doors = [await replicas.add(), await replicas.add()];
  });
  afterAll(() => replicas.close());

  it('1,000 callers of one cold key at two replicas cause exactly one call, and all are answered', async () => {
    const [door] = doors;
    if (!door) throw new Error('there is no replica');
    await door.fault({ match: { method: 'GET', path: '^/api/v1/' }, times: 1_000, effect: { delayMs: 300 } });
    const path = `/api/v1/integrations/hubs/${HUBS.acme}/WebChat`;
    const calls = Array.from({ length: CALLERS / 2 }, () => doors.map((each) => replicas.get(each, 'acme-app', path)));
    const statuses = (await Promise.all(calls.flat())).map(({ status }) => status);
    expect(statuses).toEqual(Array.from({ length: CALLERS }, () => 200));
    expect((await door.journal()).filter(({ method }) => method === 'GET')).toHaveLength(1);
  });
});
