import { inOneBatch } from './cached-reads';

describe('inOneBatch', () => {
  /** Records when the tick ends. */
  const endOfTick = (order: string[]) => setImmediate(() => order.push('end of tick'));

  it('does not delay a response while no other is awaited', async () => {
    const order: string[] = [];
    endOfTick(order);
    await inOneBatch(Promise.resolve());
    expect(order).toEqual([]);
  });

  it('releases the responses of one tick in a row at its end', async () => {
    const order: string[] = [];
    const late = new Promise<void>((resolve) => process.nextTick(resolve));
    const responses = [Promise.resolve(), Promise.resolve(), late].map(inOneBatch);
    endOfTick(order);
    await Promise.all(responses.map((response, index) => response.then(() => order.push(`response ${index}`))));
    expect(order).toEqual(['end of tick', 'response 0', 'response 1', 'response 2']);
  });

  it('passes on a failure, and does not wait for finished reads', async () => {
    await expect(inOneBatch(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    const order: string[] = [];
    endOfTick(order);
    await inOneBatch(Promise.resolve());
    expect(order).toEqual([]);
  });
});
