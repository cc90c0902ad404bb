import { channelById } from '../../../src/channels/channel-registry';
import type { Integration } from '../../../src/hubster/integration';
import { readUpdate, type UpdateCommand } from '../../../src/integrations/requests/update-request';
import { planUpdate } from '../../../src/integrations/update-plan';
import type { JsonObject } from '../../../src/json/json-value';
import { Problem } from '../../../src/problems/problem';
import { Secret } from '../../../src/secrets/secret';

export const ID = '00000000-0000-0000-0000-000000000001';
export const HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';

/** An integration before the update. */
export function current(channelId: string, configuration: JsonObject): Integration {
  const channel = channelById(channelId);
  if (!channel) throw new Error(`no channel ${channelId}`);
  return {
    integrationId: ID,
    hubId: HUB,
    integrationTypeId: 'Customer',
    channel,
    name: 'Support line',
    statusId: 3000,
    configuration: Secret.of(configuration),
  };
}

export const twilio = current('TwilioSMS', {
  authToken: 'cb8c',
  accountSid: 'AC1',
  numberSid: 'PN1',
  phoneNumber: '+16476960000',
});

export const direct = current('Direct', {
  integrationType: 'Agent',
  echo: true,
  webhookUrl: 'https://u:p@hook.io/in?token=abc',
  publicSigningKey: 'PUB',
  privateSigningKey: 'PRIV',
});

export const system = current('System', { webhookUrl: 'https://hook.io', events: ['message'] });

/** What an update would send, with the codes and pointers of its warnings. */
export function plan(now: Integration, mode: UpdateCommand['mode'], body: JsonObject, isLenient = false) {
  const { warnings, configuration, ...values } = planUpdate(now, readUpdate(body, mode), isLenient);
  return {
    ...values,
    ...(configuration && { configuration: configuration.reveal() }),
    warnings: warnings.map(({ code, pointer }) => `${code} ${pointer}`),
  };
}

export const post = (now: Integration, body: JsonObject) => plan(now, 'replace', body);
export const patch = (now: Integration, body: JsonObject) => plan(now, 'merge', body);

/** The code of the problem, and the PRT numbers and pointers of its violations. */
export function problemOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const errors = (error.details.errors ?? []).map(({ code, pointer }) => `${code} ${pointer}`);
    return [error.code, ...errors.sort()];
  }
  return [];
}
