import { randomBytes } from 'node:crypto';
import { own } from '../json';
import { portalError } from '../portal/portal-error';
import { mandatory, optional, required, text } from '../portal/properties';
import { accountDigits, isSample, pascalKeys, type SandboxChannel } from './sandbox-channel';

/** A code `T5P19488N.anything` belongs to the team before the dot; any other code gets its own team. */
const CODE_WITH_TEAM = /^(T[A-Z0-9]{8})\./;

export const slack: SandboxChannel = {
  channelId: 'Slack',
  channelNumber: 1001,
  integrationType: 'Agent',
  properties: { code: mandatory(text()), state: optional(text()), nonce: optional(text()) },
  errors: (configuration) => {
    const given = ['state', 'nonce'].filter((name) => own(configuration, name) !== undefined);
    if (given.length === 0) return [required('state')];
    return given.length === 2 ? [portalError(303, "Property 'nonce' is not supported beside 'state'.")] : [];
  },
  configurationFrozen: true,
  connect: (configuration) => {
    const code = String(own(configuration, 'code'));
    const teamId = CODE_WITH_TEAM.exec(code)?.[1] ?? `T${accountDigits(code, 8)}`;
    return {
      configuration: {
        botAccessToken: `xoxb-193043142226-${randomBytes(12).toString('hex')}`,
        appAccessToken: `xoxp-193043142226-${randomBytes(12).toString('hex')}`,
        defaultPublicChannel: 'general',
        teamId,
        botName: 'Hubster.io',
      },
      ...(!isSample(code) && { account: `team ${teamId}`, singleUseCode: code }),
    };
  },
  quirks: { read: pascalKeys },
};
