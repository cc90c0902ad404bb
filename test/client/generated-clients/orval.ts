import {
  type CreateIntegration,
  createOrUpdateIntegration,
  listIntegrations,
  patchIntegration,
} from './generated/stagedoor.ts';
import { SIX_CHANNELS } from './six-channels.ts';

export type { CreateIntegration };

const { STAGEDOOR_URL = '', STAGEDOOR_KEY = '', HUB: hubId = '' } = process.env;
const options = { headers: { 'X-API-Key': STAGEDOOR_KEY } };
// Generated without a base URL: its requests have a path only.
const send = globalThis.fetch;
globalThis.fetch = (path, init) => send(`${STAGEDOOR_URL}${path}`, init);

const created: string[] = [];
let webChat = '';
for (const body of SIX_CHANNELS) {
  const response = await createOrUpdateIntegration(hubId, body, options);
  if (response.status !== 200) throw new Error(String(response.status));
  created.push(response.data.channelId);
  if (response.data.channelId === 'WebChat') webChat = response.data.integrationId;
}

const configuration = { allowedOrigins: ['acme.example', 'www.acme.example'] };
const patched = await patchIntegration(webChat, { configuration }, options);
const updated = patched.status === 200 ? patched.data.configuration : undefined;

const paged: (string | undefined)[] = [];
for (let pageNumber = 0; pageNumber < 3; pageNumber += 1) {
  const page = await listIntegrations({ pageNumber, pageSize: 2 }, options);
  if (page.status === 200) paged.push(...page.data.results.map(({ name }) => name));
}

const again: CreateIntegration = { channelId: 'WebChat', name: 'WebChat', configuration };
const refused = await createOrUpdateIntegration(hubId, again, options);
const conflict = refused.status === 409 && refused.data.code === 'name-taken' ? refused.data.code : undefined;

console.log(JSON.stringify({ created, updated, paged, conflict }));
