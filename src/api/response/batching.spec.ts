import { inOneBatch } from './batching';

describe('inOneBatch', () => {
  /** Records when the turn of the event loop ends. */
  const endOfTick = (order: string[]) => setImmediate(() => order.push('end of turn'));

  it('holds back no answer that no other is awaited beside', async () => {
    const order: string[] = [];
    endOfTick(order);
    await inOneBatch(Promise.resolve());
    expect(order).toEqual([]);
  });

  it('lets those of one turn go in a row at its end, whenever in it they got ready', async () => {
    const order: string[] = [];
    const late = new Promise<void>((resolve) => process.nextTick(resolve));
    const responses = [Promise.resolve(), Promise.resolve(), late].map(inOneBatch);
    endOfTick(order);
    await Promise.all(responses.map((response, index) => response.then(() => order.push(`response ${index}`))));
    expect(order).toEqual(['end of turn', 'response 0', 'response 1', 'response 2']);
  });

  it('hands on a failure, and waits for nothing that is over', async () => {
    await expect(inOneBatch(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    const order: string[] = [];
    endOfTick(order);
    await inOneBatch(Promise.resolve());
    expect(order).toEqual([]);
  });
});
