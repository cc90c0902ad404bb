import { isAxiosError } from 'axios';
import { createOrUpdateIntegration } from './generated/clients/createOrUpdateIntegration.ts';
import { listIntegrations } from './generated/clients/listIntegrations.ts';
import { patchIntegration } from './generated/clients/patchIntegration.ts';
import type { ConflictProblem } from './generated/types/ConflictProblem.ts';
import type { CreateIntegration } from './generated/types/CreateIntegration.ts';
import { SIX_CHANNELS } from './six-channels.ts';

export type { CreateIntegration };

const { STAGEDOOR_URL: baseURL = '', STAGEDOOR_KEY = '', HUB: hubId = '' } = process.env;
const config = { baseURL, headers: { 'X-API-Key': STAGEDOOR_KEY } };

const created: string[] = [];
let webChat = '';
for (const body of SIX_CHANNELS) {
  const data = await createOrUpdateIntegration(hubId, body, {}, config);
  created.push(data.channelId);
  if (data.channelId === 'WebChat') webChat = data.integrationId;
}

const configuration = { allowedOrigins: ['acme.example', 'www.acme.example'] };
const { configuration: updated } = await patchIntegration(webChat, { configuration }, {}, config);

const paged: (string | undefined)[] = [];
for (let pageNumber = 0; pageNumber < 3; pageNumber += 1) {
  const { results } = await listIntegrations({ pageNumber, pageSize: 2 }, {}, config);
  paged.push(...results.map(({ name }) => name));
}

let conflict: string | undefined;
try {
  await createOrUpdateIntegration(hubId, { channelId: 'WebChat', name: 'WebChat', configuration }, {}, config);
} catch (error) {
  if (!isAxiosError<ConflictProblem>(error) || error.response?.status !== 409) throw error;
  if (error.response.data.code === 'name-taken') conflict = error.response.data.code;
}

console.log(JSON.stringify({ created, updated, paged, conflict }));
