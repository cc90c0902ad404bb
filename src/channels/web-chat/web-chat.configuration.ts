import { Field } from '../fields/field';
import { flag } from '../fields/flag';
import { messages } from '../fields/messages';
import { origins } from '../fields/origins';

/** S-220 to S-227. */
export class WebChatConfiguration {
  @Field(origins, { required: true, description: 'One or more domains that host the WebChat component.' })
  readonly allowedOrigins!: readonly string[];

  @Field(messages, { description: 'Hubster messages that greet a visitor.' })
  readonly start?: readonly object[];

  @Field(flag, { readOnly: true, description: 'Whether an activity is echoed back.' })
  readonly echo?: boolean;
}
