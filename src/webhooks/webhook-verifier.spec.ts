import { createHmac } from 'node:crypto';
import { ManualClock } from '../../test/support/manual-clock';
import { Deadline, type RequestContext, RequestStats } from '../context/request-context';
import type { IntegrationSecrets, WebhookSource } from '../integrations/integration-secrets';
import { Problem } from '../problems/problem';
import { Secret } from '../secrets/secret';
import { CurrentKeys } from './current-keys';
import { MemoryRetiredKeys } from './retired-keys';
import { WebhookVerifier } from './webhook-verifier';

const HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';
const ID = '59a15c9a-d5a4-46d3-a2d0-5e314892366a';
const MINUTE = 60_000;

const pair = (name: string) => ({ name, privateKey: Secret.of(`private part of ${name}`) });

function setup() {
  const clock = new ManualClock();
  const state = { source: { hubId: HUB, key: pair('one') } satisfies WebhookSource, reads: 0, fails: false };
  const secrets: Pick<IntegrationSecrets, 'webhookSource'> = {
    async webhookSource() {
      state.reads += 1;
      if (state.fails) throw new Problem('upstream-error');
      return state.source;
    },
  };
  const current = new CurrentKeys(secrets, clock);
  const retired = new MemoryRetiredKeys(clock);
  const verifier = new WebhookVerifier(current, retired);
  const context: RequestContext = {
    requestId: 'r1',
    caller: { id: 'receiver', scopes: new Set() },
    tenant: { id: 'acme', credentials: { clientId: 'c', clientSecret: Secret.of('s') }, visibility: 'acme' },
    address: '10.0.0.1',
    deadline: Deadline.after(clock, 24 * 60 * MINUTE),
    stats: new RequestStats(),
  };
  const verify = (keyName: string, tenant = 'acme') =>
    verifier.verify(
      { ...context, tenant: { ...context.tenant, id: tenant } },
      {
        ...{ integrationId: ID, hubId: HUB, keyName, body: Buffer.from('body') },
        signature: createHmac('sha256', `private part of ${keyName}`).update('body').digest('base64'),
      },
    );
  /** A rotation through Stagedoor, as in `WebhooksModule`. */
  const rotate = async (to: string) => {
    const { name, privateKey } = state.source.key;
    await verifier.retire({ tenant: 'acme', integrationId: ID, hubId: HUB, retiring: { name, privateKey } });
    state.source = { hubId: HUB, key: pair(to) };
  };
  return { clock, state, verify, rotate };
}

describe('WebhookVerifier', () => {
  it('reads the current key again after 30 s', async () => {
    const { clock, state, verify } = setup();
    await verify('one');
    await clock.advance(29_999);
    await verify('one');
    expect(state.reads).toBe(1);
    await clock.advance(1);
    await verify('one');
    expect(state.reads).toBe(2);
  });

  it('reads at most once a second for unknown names, and never for a known one', async () => {
    const { clock, state, verify } = setup();
    for (let second = 1; second <= 5; second += 1) {
      for (let attempt = 0; attempt < 10; attempt += 1) {
        expect(await verify(`name ${second} ${attempt}`)).toEqual({ valid: false, reason: 'unknown-key' });
        expect(await verify('one')).toMatchObject({ valid: true });
      }
      expect(state.reads).toBe(second);
      await clock.advance(1000);
    }
  });

  it('notices a rotation elsewhere with the first webhook of the new key', async () => {
    const { clock, state, verify } = setup();
    await verify('one');
    state.source = { hubId: HUB, key: pair('two') };
    await clock.advance(1000);

    expect(await verify('two')).toMatchObject({ valid: true, key: 'current' });
    expect(await verify('one')).toEqual({ valid: false, reason: 'unknown-key' });
  });

  it('accepts the previous key for exactly 45 minutes after a rotation', async () => {
    const { clock, verify, rotate } = setup();
    await rotate('two');
    await clock.advance(45 * MINUTE - 1);
    expect(await verify('one')).toMatchObject({ valid: true, key: 'previous' });
    expect(await verify('two')).toMatchObject({ valid: true, key: 'current' });
    await clock.advance(1);
    expect(await verify('one')).toEqual({ valid: false, reason: 'unknown-key' });
  });

  it('reports a retired key as current while it is still current', async () => {
    const { verify, rotate } = setup();
    await rotate('one');

    expect(await verify('one')).toMatchObject({ valid: true, key: 'current' });
  });

  it('does not accept the retired key of another tenant [N2]', async () => {
    const { verify, rotate } = setup();
    await rotate('two');

    expect(await verify('one', 'globex')).toEqual({ valid: false, reason: 'unknown-key' });
  });

  it('throws while Hubster fails, and calls it at most once a second', async () => {
    const { clock, state, verify } = setup();
    state.fails = true;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await expect(verify('one')).rejects.toMatchObject({ code: 'upstream-error' });
    }
    expect(state.reads).toBe(1);
    state.fails = false;
    await clock.advance(1000);
    expect(await verify('one')).toMatchObject({ valid: true });
  });
});
