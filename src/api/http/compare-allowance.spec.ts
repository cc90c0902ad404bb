import { ManualClock } from '../../../test/support/manual-clock';
import { Problem } from '../../problems/problem';
import { CompareAllowance } from './compare-allowance';

function setup() {
  const clock = new ManualClock();
  const allowance = new CompareAllowance(clock);
  const takes = (times: number, caller = 'billing') => {
    for (let time = 0; time < times; time += 1) allowance.take(caller);
  };
  const refusal = (caller = 'billing') => {
    try {
      allowance.take(caller);
      return undefined;
    } catch (error) {
      return error instanceof Problem ? error : undefined;
    }
  };
  return { clock, takes, refusal };
}

describe('CompareAllowance', () => {
  it('grants ten at once and refuses the eleventh, telling when the next is there', () => {
    const { takes, refusal } = setup();
    takes(10);

    expect(refusal()).toMatchObject({ code: 'rate-limited', details: { retryAfterSeconds: 6 } });
  });

  it('one is back after six seconds, not before; a refused one costs nothing', async () => {
    const { clock, takes, refusal } = setup();
    takes(10);
    await clock.advance(5999);
    expect(refusal()?.code).toBe('rate-limited');
    await clock.advance(1);
    expect(refusal()).toBeUndefined();
    expect(refusal()?.code).toBe('rate-limited');
  });

  it('saves up no more than ten', async () => {
    const { clock, takes, refusal } = setup();
    takes(1);
    await clock.advance(3_600_000);
    takes(10);

    expect(refusal()?.code).toBe('rate-limited');
  });

  it('is each caller’s own', () => {
    const { takes, refusal } = setup();
    takes(10);

    expect(refusal('another')).toBeUndefined();
  });
});
