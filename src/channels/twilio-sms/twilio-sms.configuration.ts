import { Field } from '../fields/field';
import { flags } from '../fields/flags';
import { text } from '../fields/text';

/** S-200 to S-207. */
export class TwilioSmsConfiguration {
  @Field(text, { required: true, secret: true, description: 'Twilio authorization token.' })
  readonly authToken!: string;

  @Field(text, { required: true, description: 'Twilio account SID.', aliases: ['acccountSid'] })
  readonly accountSid!: string;

  @Field(text, { required: true, description: 'Twilio phone number SID.' })
  readonly numberSid!: string;

  @Field(text, { readOnly: true, description: 'The phone number of the SID.', example: '+16476960000' })
  readonly phoneNumber?: string;

  @Field(flags('mms', 'sms', 'voice'), { readOnly: true, description: 'What the phone number can do.' })
  readonly capabilities?: object;
}
