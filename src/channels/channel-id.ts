/** Hubster's channel types with their numbers (docs/hubster.md, S-012). */
export const CHANNEL_NUMBERS = {
  Direct: 1,
  Bot: 2,
  System: 3,
  Messenger: 101,
  TwilioSMS: 102,
  Line: 103,
  Telegram: 104,
  Kik: 105,
  WebChat: 106,
  Slack: 1001,
} as const;

export type ChannelId = keyof typeof CHANNEL_NUMBERS;

export const CHANNEL_IDS = Object.keys(CHANNEL_NUMBERS) as readonly ChannelId[];
