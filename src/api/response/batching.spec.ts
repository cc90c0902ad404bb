import { goingOutTogether } from './batching';

describe('goingOutTogether', () => {
  /** Records when the turn of the event loop ends. */
  const turnsEnd = (order: string[]) => setImmediate(() => order.push('end of turn'));

  it('holds back no answer that no other is awaited beside', async () => {
    const order: string[] = [];
    turnsEnd(order);
    await goingOutTogether(Promise.resolve());
    expect(order).toEqual([]);
  });

  it('lets those of one turn go in a row at its end, whenever in it they got ready', async () => {
    const order: string[] = [];
    const late = new Promise<void>((resolve) => process.nextTick(resolve));
    const answers = [Promise.resolve(), Promise.resolve(), late].map(goingOutTogether);
    turnsEnd(order);
    await Promise.all(answers.map((answer, index) => answer.then(() => order.push(`answer ${index}`))));
    expect(order).toEqual(['end of turn', 'answer 0', 'answer 1', 'answer 2']);
  });

  it('hands on a failure, and waits for nothing that is over', async () => {
    await expect(goingOutTogether(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    const order: string[] = [];
    turnsEnd(order);
    await goingOutTogether(Promise.resolve());
    expect(order).toEqual([]);
  });
});
