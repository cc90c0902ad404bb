import { Replicas } from '../support/replicas';
import { HUBS, type Stagedoor } from '../support/stagedoor';

const webChat = { channelId: 'WebChat', name: 'x', configuration: { allowedOrigins: ['localhost'] } };

describe('writes to one integration through two replicas [S-316]', () => {
  let replicas: Replicas;
  let both: readonly [Stagedoor, Stagedoor];
  let path: string;

  beforeEach(async () => {
    replicas = await Replicas.start();
    both = [await replicas.add(), await replicas.add()];
    const { body } = await both[0].as('acme-app').post(`/api/v1/integrations/hubs/${HUBS.acme}`).send(webChat);
    path = `/api/v1/integrations/${body.integrationId}`;
    // Without a write lock all reads would come before the end of the first write.
    await both[0].fault({ match: { method: 'POST', path: '^/api/v1/' }, times: 0, effect: { delayMs: 150 } });
  });
  afterEach(() => replicas.close());

  /** All at once, alternately through both replicas. */
  const rename = (names: readonly string[]) =>
    Promise.all(names.map((name, n) => both[n % 2 === 0 ? 0 : 1].as('acme-app').patch(path).send({ name })));

  it('happen one after another: each reads what the one before has written', async () => {
    const responses = await rename(['a', 'b', 'c', 'd']);
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const [, ...calls] = await both[0].hubsterCalls();
    expect(calls.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET', 'POST', 'GET', 'POST', 'GET', 'POST']);
  });

  it('continue while Redis fails, one after another in each process', async () => {
    await replicas.redis.kill();
    const responses = await rename(['a', 'b']);
    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
  });
});
