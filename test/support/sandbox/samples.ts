/** The request samples of Hubster's document, unchanged. */
export const SAMPLES = {
  TwilioSMS: {
    authToken: 'cb8c5367c3c4586ecb589e25570...',
    accountSid: 'AC1fc1c1722444b0c6313d3ae988b...',
    numberSid: 'PN667435536f4d1cefdf054abf99...',
  },
  Messenger: {
    pageAccessToken: 'EAAFBmgAdBToBADCvmo5w10tmlh97uxhtorpi5Adrdo0wtwFfXfkNxxLAY29AxwBHJNfXH5rR...',
  },
  WebChat: {
    allowedOrigins: ['localhost', 'hubster.io'],
    start: [{ type: 'text', text: 'Welcome to Hubster! How can we help you?' }],
  },
  Direct: { integrationType: 'Agent', echo: true, webhookUrl: 'https://url_end_point.com' },
  System: {
    webhookUrl: 'https://url_end_point.com',
    events: ['message:customer', 'message:agent', 'message:bot'],
  },
  Slack: {
    code: 'EAAFBmgAdBToBADCvmo5w10tmlh97uxhtorpi5Adrdo0wtwFfXfkNxxLAY29AxwBHJNfXH5rR...',
    state: 'TODO:',
  },
} as const;
