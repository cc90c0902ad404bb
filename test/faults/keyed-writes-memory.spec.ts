import { makeApiKey } from '../../src/access/api-key';
import { startSandbox } from '../../src/sandbox/sandbox';
import { startService } from '../support/service-process';
import { HUBS, SECRET_KEY } from '../support/stagedoor';

/** The responses of so many writes, each of 250 KB, do not fit into the heap. */
const KEYED_WRITES = 400;
const HEAP_MB = 128;
const START = [{ type: 'text', text: 'x'.repeat(250 * 1024) }];

jest.setTimeout(180_000);

it('does not run out of a small heap when a caller writes to a large integration with new keys [N2]', async () => {
  const sandbox = await startSandbox();
  const key = makeApiKey().key.reveal();
  const service = await startService(sandbox, {
    STAGEDOOR_API_KEY: key,
    SECRET_KEY,
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
  });
  try {
    const url = await service.listens();
    const send = (method: string, path: string, body: object, idempotencyKey: string) =>
      fetch(`${url}/api/v1/integrations/${path}`, {
        method,
        headers: { 'x-api-key': key, 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
        body: JSON.stringify(body),
      });
    const webChat = { channelId: 'WebChat', name: 'n', configuration: { allowedOrigins: ['localhost'], start: START } };
    const created = await send('POST', `hubs/${HUBS.acme}`, webChat, 'create-0000000000');
    const [, integrationId = ''] = /"integrationId":"([^"]+)"/.exec(await created.text()) ?? [];
    const statuses = new Set<number>();
    for (let n = 0; n < KEYED_WRITES; n += 1) {
      const response = await send('PATCH', integrationId, { name: `${n % 2}` }, `patch-${n}-000000000`);
      statuses.add(response.status);
      await response.text();
    }
    expect([...statuses]).toEqual([200]);
    const replayed = await send('PATCH', integrationId, { name: '0' }, 'patch-0-000000000');
    expect([replayed.status, replayed.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
  } finally {
    await service.stop();
    await sandbox.close();
  }
});
