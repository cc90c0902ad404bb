import { isJsonObject, own } from '../json';
import { mandatory, text } from '../portal/properties';
import { digitsFrom, INTEGRATION_TYPES, isSample, pascalKeys, type SandboxChannel } from './sandbox-channel';

export const twilioSms: SandboxChannel = {
  channelId: 'TwilioSMS',
  channelNumber: 102,
  integrationType: 'Customer',
  properties: { authToken: mandatory(text()), accountSid: mandatory(text()), numberSid: mandatory(text()) },
  configurationFrozen: true,
  connect: (configuration) => {
    const numberSid = String(own(configuration, 'numberSid'));
    return {
      configuration: {
        ...configuration,
        phoneNumber: `+1647${digitsFrom(numberSid, 7)}`,
        capabilities: { mms: true, sms: true, voice: true },
      },
      ...(!isSample(numberSid) && { account: `number ${numberSid}` }),
    };
  },
  inboundId: (configuration) => own(configuration, 'accountSid'),
  quirks: {
    read: (configuration) => {
      const capabilities = own(configuration, 'capabilities');
      return pascalKeys({
        ...configuration,
        ...(isJsonObject(capabilities) && { capabilities: pascalKeys(capabilities) }),
      });
    },
    // One of the two Get samples has numbers in place of names, and a third c in AccountSid (S-401, S-206).
    everySecondGet: (response) => {
      const configuration = own(response, 'configuration');
      const { AccountSid, ...rest } = isJsonObject(configuration) ? configuration : {};
      return {
        ...response,
        integrationTypeId: INTEGRATION_TYPES.Customer,
        channelId: 102,
        configuration: { AcccountSid: AccountSid, ...rest },
      };
    },
  },
};
