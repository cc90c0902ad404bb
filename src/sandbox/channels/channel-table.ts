import { direct } from './direct.channel';
import { messenger } from './messenger.channel';
import type { SandboxChannel } from './sandbox-channel';
import { slack } from './slack.channel';
import { system } from './system.channel';
import { twilioSms } from './twilio-sms.channel';
import { webChat } from './web-chat.channel';

/** The ten channels. Hubster's document has no configuration for those that are declared here. */
const CHANNELS: readonly SandboxChannel[] = [
  direct,
  { channelId: 'Bot', channelNumber: 2, integrationType: 'Bot' },
  system,
  messenger,
  twilioSms,
  { channelId: 'Line', channelNumber: 103, integrationType: 'Customer' },
  { channelId: 'Telegram', channelNumber: 104, integrationType: 'Customer' },
  { channelId: 'Kik', channelNumber: 105, integrationType: 'Customer' },
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
