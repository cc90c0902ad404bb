import { isJsonObject, own } from '../json';
import { text } from '../rules/property';
import { digitsFrom, isSample, textOf } from './provider';
import { asIs, pascalKeys } from './respelling';
import { INTEGRATION_TYPES, type SandboxChannel } from './sandbox-channel';

export const twilioSms: SandboxChannel = {
  channelId: 'TwilioSMS',
  channelNumber: 102,
  creatable: true,
  configurationFrozen: true,
  signing: false,
  properties: {
    authToken: { mandatory: true, check: text() },
    accountSid: { mandatory: true, check: text() },
    numberSid: { mandatory: true, check: text() },
  },
  integrationType: () => 'Customer',
  connect: (configuration) => {
    const numberSid = textOf(own(configuration, 'numberSid'));
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
    written: asIs,
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
