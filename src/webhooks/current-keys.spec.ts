import { createHmac, randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ManualClock } from '../../test/support/manual-clock';
import { Deadline, type RequestContext, RequestStats } from '../context/request-context';
import { Secret } from '../secrets/secret';
import { CurrentKeys } from './current-keys';
import { hmacKeyOf, keyNameOf, MemoryRetiredKeys } from './retired-keys';
import { WebhookVerifier } from './webhook-verifier';

const HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';
const MIB = 1024 * 1024;

const idOf = (index: number) => `59a15c9a-d5a4-46d3-a2d0-${index.toString(16).padStart(12, '0')}`;

function contextAt(clock: ManualClock): RequestContext {
  return {
    requestId: 'r1',
    caller: { id: 'receiver', scopes: new Set() },
    tenant: { id: 'acme', credentials: { clientId: 'c', clientSecret: Secret.of('s') }, visibility: 'all' },
    address: '10.0.0.1',
    deadline: Deadline.after(clock, 60_000),
    stats: new RequestStats(),
  };
}

describe('CurrentKeys and MemoryRetiredKeys', () => {
  const long = () => Buffer.alloc(MIB, randomUUID()).toString();

  function heapBytes(): number {
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
    return process.memoryUsage().heapUsed;
  }

  it('keep 40 integrations with names and keys of 1 MiB in less than 16 MiB', async () => {
    const clock = new ManualClock();
    const source = async () => ({ hubId: HUB, key: { name: long(), privateKey: Secret.of(long()) } });
    const current = new CurrentKeys({ webhookSource: source }, clock);
    const retired = new MemoryRetiredKeys(clock);
    const before = heapBytes();
    for (let index = 0; index < 40; index += 1) {
      await current.read(contextAt(clock), idOf(index));
      const location = { tenant: 'acme', integrationId: idOf(index), name: long() };
      await retired.keep(location, { hubId: HUB, privateKey: Secret.of(long()) });
    }
    expect(current.known(contextAt(clock), idOf(39))?.key?.hmacKey.reveal()).toHaveLength(44);
    expect(heapBytes() - before).toBeLessThan(16 * MIB);
  });

  it.each([1, 63, 64, 65, 1000])('verify signatures by a key of %i bytes', async (length) => {
    const clock = new ManualClock();
    const [name, privateKey] = ['n'.repeat(length), 'ü'.repeat(length).slice(0, Math.ceil(length / 2))];
    const key = { name, privateKey: Secret.of(privateKey) };
    const current = new CurrentKeys({ webhookSource: async () => ({ hubId: HUB, key }) }, clock);
    const verifier = new WebhookVerifier(current, new MemoryRetiredKeys(clock));
    const body = Buffer.from('body');
    const signature = createHmac('sha256', privateKey).update(body).digest('base64');
    const webhook = { integrationId: idOf(1), hubId: HUB, keyName: name, signature, body };
    expect(await verifier.verify(contextAt(clock), webhook)).toMatchObject({ valid: true });
    const forged = { ...webhook, body: Buffer.from('another') };
    expect(await verifier.verify(contextAt(clock), forged)).toEqual({ valid: false, reason: 'bad-signature' });
  });

  it('replaces a long name by its digest, and a digest by itself', () => {
    expect(keyNameOf('n'.repeat(128))).toBe('n'.repeat(128));
    const digest = keyNameOf('n'.repeat(129));
    expect(digest).toHaveLength(43);
    expect(keyNameOf(digest)).toBe(digest);
    expect(hmacKeyOf(Secret.of('x'.repeat(MIB))).reveal()).toHaveLength(44);
  });
});
