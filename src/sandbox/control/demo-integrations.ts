import type { JsonObject } from '../json';
import type { IntegrationStore } from '../portal/integration-store';
import type { SandboxTenant } from '../tenants';
import { seedIntegration } from './seed';

const ACME_HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';
const GLOBEX_HUB = '7d5a1c40-8e7b-4a54-9c7e-5f0b2d9e4a01';

const PAUSED = 3002;

const integration = (hubId: string, number: number, channelId: string, name: string, configuration: JsonObject) => ({
  integrationId: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  hubId,
  channelId,
  name,
  configuration,
});

/** One integration of each documented channel, and one of a channel whose configuration is not documented. The secrets are none. */
const ACME: readonly JsonObject[] = [
  integration(ACME_HUB, 1, 'Direct', 'Web app', {
    integrationType: 'Customer',
    echo: false,
    webhookUrl: 'https://app.acme.example/hubster/webhooks',
  }),
  integration(ACME_HUB, 2, 'WebChat', 'Help on acme.example', {
    allowedOrigins: ['https://www.acme.example'],
    start: [{ type: 'text', text: 'Hello! How can we help?' }],
    echo: true,
  }),
  integration(ACME_HUB, 3, 'TwilioSMS', 'Orders by SMS', {
    authToken: 'auth-token-of-the-demo',
    accountSid: 'AC-account-of-the-demo',
    numberSid: 'PN-number-of-the-demo',
    phoneNumber: '+16475550100',
    capabilities: { mms: true, sms: true, voice: true },
  }),
  {
    ...integration(ACME_HUB, 4, 'Messenger', 'Acme on Messenger', {
      appId: '353604659380012',
      pageId: '100000000000004',
      pageAccessToken: 'page-access-token-of-the-demo',
    }),
    statusId: PAUSED,
  },
  integration(ACME_HUB, 5, 'Slack', 'Agents in Slack', {
    botAccessToken: 'bot-access-token-of-the-demo',
    appAccessToken: 'app-access-token-of-the-demo',
    defaultPublicChannel: 'general',
    teamId: 'TDEMO0005',
    botName: 'Hubster.io',
  }),
  integration(ACME_HUB, 6, 'System', 'Event archive', {
    webhookUrl: 'https://archive.acme.example/hubster/events',
    events: ['message:customer', 'message:agent'],
  }),
  integration(ACME_HUB, 7, 'Telegram', 'Acme on Telegram', { botToken: 'telegram-token-of-the-demo' }),
];

const GLOBEX: readonly JsonObject[] = [
  integration(GLOBEX_HUB, 11, 'Direct', 'Globex app', {
    integrationType: 'Customer',
    echo: false,
    webhookUrl: 'https://app.globex.example/hubster/webhooks',
  }),
];

/** Stores the integrations of the demo, with the same ids at each start, for each tenant that has their hub. */
export function seedDemoIntegrations(store: IntegrationStore, tenants: readonly SandboxTenant[]): void {
  for (const { name, hubs } of tenants) {
    const own = [...ACME, ...GLOBEX].filter(({ hubId }) => hubs.some((hub) => hub === hubId));
    for (const seeded of own) seedIntegration(store, name, { integration: seeded, raw: false, at: {} });
  }
}
