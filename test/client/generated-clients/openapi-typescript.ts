import createClient from 'openapi-fetch';
import type { components, paths } from './generated/stagedoor.ts';
import { SIX_CHANNELS } from './six-channels.ts';

export type CreateIntegration = components['schemas']['CreateIntegration'];

const { STAGEDOOR_URL: baseUrl = '', STAGEDOOR_KEY = '', HUB: hubId = '' } = process.env;
const client = createClient<paths>({ baseUrl, headers: { 'X-API-Key': STAGEDOOR_KEY } });

const created: string[] = [];
let webChat = '';
for (const body of SIX_CHANNELS) {
  const { data, error } = await client.POST('/api/v1/integrations/hubs/{hubId}', { params: { path: { hubId } }, body });
  if (error) throw new Error(error.title);
  created.push(data.channelId);
  if (data.channelId === 'WebChat') webChat = data.integrationId;
}

const patched = await client.PATCH('/api/v1/integrations/{integrationId}', {
  params: { path: { integrationId: webChat } },
  body: { configuration: { allowedOrigins: ['acme.example', 'www.acme.example'] } },
});
const updated = patched.data?.channelId === 'WebChat' ? patched.data.configuration : undefined;

const paged: (string | undefined)[] = [];
for (let pageNumber = 0; pageNumber < 3; pageNumber += 1) {
  const { data } = await client.GET('/api/v1/integrations', { params: { query: { pageNumber, pageSize: 2 } } });
  paged.push(...(data?.results ?? []).map(({ name }) => name));
}

const { error, response } = await client.POST('/api/v1/integrations/hubs/{hubId}', {
  params: { path: { hubId } },
  body: { channelId: 'WebChat', name: 'WebChat', configuration: { allowedOrigins: ['acme.example'] } },
});
const conflict = error && response.status === 409 && error.code === 'name-taken' ? error.code : undefined;

console.log(JSON.stringify({ created, updated, paged, conflict }));
