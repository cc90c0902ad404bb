import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type SampleOperation = 'create' | 'update' | 'get' | 'get-by-channel-type' | 'get-collection';

type SampleChannel = 'TwilioSMS' | 'Messenger' | 'WebChat' | 'Direct' | 'System' | 'Slack';

/** What a sample contains: a request body, the value of its `configuration`, or a response body. */
type SampleKind =
  | 'create-request'
  | 'create-configuration'
  | 'update-request'
  | 'update-configuration'
  | 'response'
  | 'list-response'
  | 'page-response';

/** One JSON block of Hubster's `integrations.rst`, changed only where it was not valid JSON or not readable (S-010, S-011). */
export interface Sample {
  /** Name of the file in this folder. */
  readonly file: string;
  /** First and last line of the block in the document. */
  readonly lines: readonly [first: number, last: number];
  readonly kind: SampleKind;
  readonly operation: SampleOperation;
  /** Absent for the collection, whose sample shows hubs and no integration (S-605). */
  readonly channel: SampleChannel | undefined;
  readonly body: unknown;
}

type Row = readonly [string, Sample['lines'], SampleKind, SampleOperation, SampleChannel?];

const ROWS: readonly Row[] = [
  ['create-twilio-sms.request.json', [75, 84], 'create-request', 'create', 'TwilioSMS'],
  ['create-configuration-twilio-sms.request.json', [118, 122], 'create-configuration', 'create', 'TwilioSMS'],
  ['create-twilio-sms.response.json', [145, 163], 'response', 'create', 'TwilioSMS'],
  ['create-configuration-messenger.request.json', [169, 171], 'create-configuration', 'create', 'Messenger'],
  ['create-messenger.response.json', [189, 201], 'response', 'create', 'Messenger'],
  ['create-configuration-web-chat.request.json', [207, 218], 'create-configuration', 'create', 'WebChat'],
  ['create-web-chat.response.json', [238, 258], 'response', 'create', 'WebChat'],
  ['create-configuration-direct.request.json', [265, 269], 'create-configuration', 'create', 'Direct'],
  ['create-direct.response.json', [296, 315], 'response', 'create', 'Direct'],
  ['create-configuration-system.request.json', [321, 328], 'create-configuration', 'create', 'System'],
  ['create-system.response.json', [348, 365], 'response', 'create', 'System'],
  ['create-configuration-slack.request.json', [371, 374], 'create-configuration', 'create', 'Slack'],
  ['create-slack.response.json', [394, 408], 'response', 'create', 'Slack'],
  ['update-direct.request.json', [470, 477], 'update-request', 'update', 'Direct'],
  ['update-configuration-web-chat.request.json', [502, 514], 'update-configuration', 'update', 'WebChat'],
  ['update-web-chat.response.json', [534, 554], 'response', 'update', 'WebChat'],
  ['update-configuration-direct.request.json', [562, 573], 'update-configuration', 'update', 'Direct'],
  ['update-direct.response.json', [603, 622], 'response', 'update', 'Direct'],
  ['update-configuration-system.request.json', [628, 636], 'update-configuration', 'update', 'System'],
  ['update-system.response.json', [659, 676], 'response', 'update', 'System'],
  ['get-twilio-sms-numeric.response.json', [718, 737], 'response', 'get', 'TwilioSMS'],
  ['get-twilio-sms.response.json', [769, 788], 'response', 'get', 'TwilioSMS'],
  ['get-messenger.response.json', [794, 807], 'response', 'get', 'Messenger'],
  ['get-web-chat.response.json', [813, 833], 'response', 'get', 'WebChat'],
  ['get-direct.response.json', [839, 853], 'response', 'get', 'Direct'],
  ['get-system.response.json', [859, 876], 'response', 'get', 'System'],
  ['get-slack.response.json', [882, 896], 'response', 'get', 'Slack'],
  ['get-by-channel-type.response.json', [937, 964], 'list-response', 'get-by-channel-type', 'Direct'],
  ['get-collection.response.json', [1033, 1055], 'page-response', 'get-collection'],
];

/** All JSON samples in the order of the document. Throws at import when one is missing or does not parse. */
export const SAMPLES: readonly Sample[] = ROWS.map(([file, lines, kind, operation, channel]) => {
  const body: unknown = JSON.parse(readFileSync(join(__dirname, file), 'utf8'));
  return { file, lines, kind, operation, channel, body };
});
