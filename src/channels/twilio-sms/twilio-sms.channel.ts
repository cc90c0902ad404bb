import { declareChannel } from '../channel';
import { TwilioSmsConfiguration } from './twilio-sms.configuration';

export const twilioSms = declareChannel({
  id: 'TwilioSMS',
  integrationType: 'Customer',
  configurationUpdate: 'frozen',
  configuration: TwilioSmsConfiguration,
  example: {
    authToken: 'cb8c5367c3c4586ecb589e25570...',
    accountSid: 'AC1fc1c1722444b0c6313d3ae988b...',
    numberSid: 'PN667435536f4d1cefdf054abf99...',
  },
});
