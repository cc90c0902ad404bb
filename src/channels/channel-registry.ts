import { exactNumber } from '../json/json-number';
import { CHANNEL_IDS, CHANNEL_NUMBERS, type Channel, type ChannelId, undocumentedChannel } from './channel';
import { direct } from './direct/direct.channel';
import { messenger } from './messenger/messenger.channel';
import { slack } from './slack/slack.channel';
import { system } from './system/system.channel';
import { twilioSms } from './twilio-sms/twilio-sms.channel';
import { webChat } from './web-chat/web-chat.channel';

const documented: readonly Channel[] = [twilioSms, messenger, webChat, direct, system, slack];

const undocumented = (id: ChannelId) => undocumentedChannel(id, CHANNEL_NUMBERS[id]);

/** All ten channels; the documented ones first. */
export const CHANNELS: readonly Channel[] = [
  ...documented,
  ...CHANNEL_IDS.filter((id) => !documented.some((channel) => channel.id === id)).map(undocumented),
];

const bySpelling = new Map<string, Channel>(
  CHANNELS.flatMap((channel) => [
    [channel.id.toLowerCase(), channel],
    [String(channel.number), channel],
  ]),
);

/** The channel in a request: its name in any case, or its number (S-102, S-502). */
export function channelById(value: unknown): Channel | undefined {
  const spelling = exactNumber(value) ?? value;
  if (typeof spelling !== 'string' && typeof spelling !== 'number') return undefined;
  return bySpelling.get(String(spelling).toLowerCase());
}

/** The channel in a response of Hubster, in any case and with any spaces (S-226); an unknown number gives an undocumented channel (S-401). */
export function channelByNumber(value: string | number): Channel {
  const spelling = String(value).replaceAll(/\s/g, '');
  return channelById(spelling) ?? undocumentedChannel(spelling);
}
