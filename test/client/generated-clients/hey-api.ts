import { client } from './generated/client.gen.ts';
import { createOrUpdateIntegration, listIntegrations, patchIntegration } from './generated/sdk.gen.ts';
import type { CreateIntegration } from './generated/types.gen.ts';
import { SIX_CHANNELS } from './six-channels.ts';

export type { CreateIntegration };

const { STAGEDOOR_URL: baseUrl = '', STAGEDOOR_KEY = '', HUB: hubId = '' } = process.env;
client.setConfig({ baseUrl, headers: { 'X-API-Key': STAGEDOOR_KEY } });

const created: string[] = [];
let webChat = '';
for (const body of SIX_CHANNELS) {
  const { data } = await createOrUpdateIntegration({ path: { hubId }, body, throwOnError: true });
  created.push(data.channelId);
  if (data.channelId === 'WebChat') webChat = data.integrationId;
}

const patched = await patchIntegration({
  path: { integrationId: webChat },
  body: { configuration: { allowedOrigins: ['acme.example', 'www.acme.example'] } },
});
const updated = patched.data?.channelId === 'WebChat' ? patched.data.configuration : undefined;

const paged: (string | undefined)[] = [];
for (let pageNumber = 0; pageNumber < 3; pageNumber += 1) {
  const { data } = await listIntegrations({ query: { pageNumber, pageSize: 2 } });
  paged.push(...(data?.results ?? []).map(({ name }) => name));
}

const { error } = await createOrUpdateIntegration({
  path: { hubId },
  body: { channelId: 'WebChat', name: 'WebChat', configuration: { allowedOrigins: ['acme.example'] } },
});
const conflict = error?.status === 409 && error.code === 'name-taken' ? error.code : undefined;

console.log(JSON.stringify({ created, updated, paged, conflict }));
