import { renameKeys } from '../configuration-keys';
import { maskConfiguration } from '../mask-configuration';
import { configurationErrors } from '../validate-configuration';
import { twilioSms } from './twilio-sms.channel';

const complete = { authToken: 'cb8c...', accountSid: 'AC1f...', numberSid: 'PN66...' };

const errors = (changes: object) =>
  configurationErrors(twilioSms, { ...complete, ...changes }, 'create').map(
    ({ code, pointer }) => `${code} ${pointer}`,
  );

describe('TwilioSMS', () => {
  it.each([
    ['authToken [S-200]', 'authToken'],
    ['accountSid [S-201]', 'accountSid'],
    ['numberSid [S-202]', 'numberSid'],
  ])('accepts any text of 1 to 4096 characters as %s', (_what, name) => {
    expect(errors({ [name]: 'neither AC nor PN' })).toEqual([]);
    expect(errors({ [name]: 'x'.repeat(4096) })).toEqual([]);
    expect(errors({ [name]: '' })).toEqual([`301 /configuration/${name}`]);
    expect(errors({ [name]: 'x'.repeat(4097) })).toEqual([`207 /configuration/${name}`]);
    expect(errors({ [name]: 1 })).toEqual([`302 /configuration/${name}`]);
  });

  it('shows both SIDs and masks the token [S-200 to S-202]', () => {
    expect(maskConfiguration(twilioSms, complete)).toEqual({ ...complete, authToken: '********' });
  });

  it('reads the response of Get like that of Create [S-203, S-205, S-206]', () => {
    const { configuration } = renameKeys(twilioSms, {
      AcccountSid: 'AC1f...',
      AuthToken: 'cb8c...',
      NumberSid: 'PN66...',
      PhoneNumber: '+16476960000',
      Capabilities: { Mms: true, Sms: true, Voice: false },
    });
    expect(maskConfiguration(twilioSms, configuration)).toEqual({
      accountSid: 'AC1f...',
      authToken: '********',
      numberSid: 'PN66...',
      phoneNumber: '+16476960000',
      capabilities: { mms: true, sms: true, voice: false },
    });
  });
});
