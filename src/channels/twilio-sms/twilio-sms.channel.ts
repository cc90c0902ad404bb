import { Type } from 'class-transformer';
import { IsBoolean, IsDefined, ValidateNested } from 'class-validator';
import { declareChannel } from '../channel';
import { Aliases, Documented, ReadOnly, Secret } from '../field';
import { IsText } from '../validate-configuration';

/** S-203. */
class PhoneNumberCapabilities {
  @Documented()
  @IsBoolean()
  readonly mms?: boolean;

  @Documented()
  @IsBoolean()
  readonly sms?: boolean;

  @Documented()
  @IsBoolean()
  readonly voice?: boolean;
}

/** S-200 to S-207. */
export class TwilioSmsConfiguration {
  @Documented('Twilio authorization token.')
  @Secret()
  @IsDefined()
  @IsText()
  readonly authToken!: string;

  @Documented('Twilio account SID.')
  @Aliases('acccountSid')
  @IsDefined()
  @IsText()
  readonly accountSid!: string;

  @Documented('Twilio phone number SID.')
  @IsDefined()
  @IsText()
  readonly numberSid!: string;

  @Documented('The phone number of the SID.', '+16476960000')
  @ReadOnly()
  @IsText()
  readonly phoneNumber?: string;

  @Documented('What the phone number can do.')
  @ReadOnly()
  @ValidateNested()
  @Type(() => PhoneNumberCapabilities)
  readonly capabilities?: PhoneNumberCapabilities;
}

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
