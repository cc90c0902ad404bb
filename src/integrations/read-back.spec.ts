import { current } from '../../test/support/integrations/planned-update';
import { ManualClock } from '../../test/support/manual-clock';
import { Deadline } from '../context/request-context';
import type { CallContext } from '../hubster/hubster-client';
import type { Integration } from '../hubster/integration';
import { Secret } from '../secrets/secret';
import { ReadBack } from './read-back';
import type { UpdateValues } from './update-plan';

const tenant = { id: 'acme', visibility: 'v', credentials: { portalToken: Secret.of('token') } };
const twilio = current('TwilioSMS', { authToken: 'x' });
const system = current('System', { webhookUrl: 'https://a.io', events: ['message'] });

/** The milliseconds that each read of Hubster was given; the reads show another name. */
async function limitsOf(written: Integration, remainingMs: number, values: UpdateValues = {}) {
  const limits: number[] = [];
  const get = async ({ deadline }: CallContext): Promise<Integration> => {
    limits.push(deadline.remaining);
    return { ...written, name: 'read', isFromGet: true };
  };
  const deadline = Deadline.after(new ManualClock(), remainingMs);
  const shown = await new ReadBack({ get }).read({ requestId: 'r', tenant, deadline }, written, values);
  expect(shown?.name).toBe(limits.length > 0 ? 'read' : written.name);
  return limits;
}

describe('ReadBack', () => {
  it.each([
    [15_000, 3000],
    [1000, 500],
    [0, 0],
  ])('with %d ms left reads for %d ms at most [S-771]', async (remainingMs, limitMs) => {
    expect(await limitsOf(twilio, remainingMs)).toEqual([limitMs]);
  });

  it('does not read what Get showed, or what its channel shows after a write [S-771]', async () => {
    expect(await limitsOf({ ...twilio, isFromGet: true }, 1000)).toEqual([]);
    expect(await limitsOf(system, 1000)).toEqual([]);
  });

  it('reads if a value that was sent is not shown [S-313]', async () => {
    expect(await limitsOf(system, 1000, { name: 'sent' })).toEqual([500]);
    expect(await limitsOf(system, 1000, { statusId: 3002 })).toEqual([500]);
  });

  it('reads a configuration that is too large to be ordered [S-771]', async () => {
    const events = Array.from({ length: 10_001 }, () => 'message');
    expect(await limitsOf(current('System', { events }), 1000)).toEqual([500]);
  });
});
