import { direct } from './direct.channel';
import { messenger } from './messenger.channel';
import type { SandboxChannel } from './sandbox-channel';
import { slack } from './slack.channel';
import { system } from './system.channel';
import { twilioSms } from './twilio-sms.channel';
import { undocumented } from './undocumented.channel';
import { webChat } from './web-chat.channel';

/** The ten channel types. */
const CHANNELS: readonly SandboxChannel[] = [
  direct,
  undocumented('Bot', 2, 'Bot'),
  system,
  messenger,
  twilioSms,
  undocumented('Line', 103, 'Customer'),
  undocumented('Telegram', 104, 'Customer'),
  undocumented('Kik', 105, 'Customer'),
  webChat,
  slack,
];

/** By documented name, case-sensitive: a client with another spelling gets an error. */
export function channelByName(name: unknown): SandboxChannel | undefined {
  return CHANNELS.find(({ channelId }) => channelId === name);
}

/** By name in any case or by number, as Hubster's responses contain both. */
export function channelByAnyId(id: unknown): SandboxChannel | undefined {
  const text = String(id).toLowerCase();
  return CHANNELS.find((channel) => channel.channelId.toLowerCase() === text || String(channel.channelNumber) === text);
}
