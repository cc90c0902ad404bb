import type { CreateIntegration } from './program.ts';

/** One integration of each channel that can be created. */
export const SIX_CHANNELS: CreateIntegration[] = [
  {
    channelId: 'TwilioSMS',
    name: 'TwilioSMS',
    configuration: { authToken: 'cb8c5367c3c4586e', accountSid: 'AC1fc1c1722444', numberSid: 'PN667435536f4d' },
  },
  { channelId: 'Messenger', name: 'Messenger', configuration: { pageAccessToken: 'EAAFBmgAdBToBADCvmo5w10tmlh97' } },
  { channelId: 'WebChat', name: 'WebChat', configuration: { allowedOrigins: ['acme.example'] } },
  {
    channelId: 'Direct',
    name: 'Direct',
    configuration: { integrationType: 'Bot', webhookUrl: 'https://acme.example/hook' },
  },
  {
    channelId: 'System',
    name: 'System',
    configuration: { webhookUrl: 'https://acme.example/hook', events: ['message:agent'] },
  },
  {
    channelId: 'Slack',
    name: 'Slack',
    configuration: { code: 'EAAFBmgAdBToBADCvmo5w10tmlh97ux', state: '1627664043-a-secret' },
  },
];
