import { readCreate } from '../../../src/integrations/requests/create-request';
import type { JsonObject } from '../../../src/json/json-value';
import { Problem } from '../../../src/problems/problem';

/** The body of a valid create. */
export const valid = {
  channelId: 'TwilioSMS',
  name: 'Support line',
  configuration: { authToken: 'cb8c...', accountSid: 'AC1f...', numberSid: 'PN66...' },
};

/** The problem with a body; undefined for a valid create. */
export function problemOf(body: JsonObject): Problem | undefined {
  try {
    readCreate(body);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  return undefined;
}

/** PRT numbers and pointers of all violations of a create. */
export const errorsOf = (body: JsonObject): readonly string[] =>
  (problemOf(body)?.details.errors ?? []).map(({ code, pointer }) => `${code} ${pointer}`).sort();
