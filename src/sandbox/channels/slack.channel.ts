import { randomBytes } from 'node:crypto';
import { own } from '../json';
import { portalError } from '../portal/portal-error';
import { required, text } from '../rules/property';
import { accountSeed, digitsFrom, isSample, textOf } from './provider';
import { asIs, pascalKeys } from './respelling';
import type { SandboxChannel } from './sandbox-channel';

/** A code `T5P19488N.anything` belongs to the team in front of the full stop, any other to a team of its own. */
const CODE_WITH_TEAM = /^(T[A-Z0-9]{8})\./;

export const slack: SandboxChannel = {
  channelId: 'Slack',
  channelNumber: 1001,
  creatable: true,
  configurationFrozen: true,
  signing: false,
  properties: {
    code: { mandatory: true, check: text() },
    state: { mandatory: false, check: text() },
    nonce: { mandatory: false, check: text() },
  },
  problems: (configuration) => {
    const proofs = ['state', 'nonce'].filter((name) => own(configuration, name) !== undefined);
    if (proofs.length === 0) return [required('state')];
    return proofs.length === 2 ? [portalError(303, "Property 'nonce' is not supported beside 'state'.")] : [];
  },
  integrationType: () => 'Agent',
  connect: (configuration) => {
    const code = textOf(own(configuration, 'code'));
    const teamId = CODE_WITH_TEAM.exec(code)?.[1] ?? `T${digitsFrom(accountSeed(code), 8)}`;
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
  quirks: { written: asIs, read: pascalKeys },
};
