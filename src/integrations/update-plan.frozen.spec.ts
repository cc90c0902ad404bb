import { current, patch, plan, post, problemOf, twilio } from '../../test/support/integrations/planned-update';
import { MASK } from '../secrets/secret';

describe('a frozen configuration', () => {
  const change = { name: 'New', configuration: { authToken: 'other', accountSid: 'AC1' } };

  it.each(['replace', 'merge'] as const)('rejects a change, and applies nothing (%s) [S-310]', (mode) => {
    expect(problemOf(() => plan(twilio, mode, change))).toEqual(['configuration-frozen']);
  });

  it('explains in the problem how to replace the integration [S-311]', () => {
    expect(() => post(twilio, change)).toThrow(/Delete the integration and create it anew/);
  });

  it.each(['TwilioSMS', 'Messenger', 'Slack', 'Bot'])('takes no configuration for %s [S-310]', (channelId) => {
    expect(problemOf(() => post(current(channelId, {}), { configuration: { code: 'x' } }))).toEqual([
      'configuration-frozen',
    ]);
  });

  it('rejects the removal of a value by PATCH, too [S-310]', () => {
    expect(problemOf(() => patch(twilio, { configuration: { numberSid: null } }))).toEqual(['configuration-frozen']);
  });

  it('drops the configuration with a warning and applies the rest if the request is lenient [S-321]', () => {
    expect(plan(twilio, 'replace', change, true)).toEqual({
      name: 'New',
      warnings: ['configuration-dropped /configuration/authToken', 'unchanged-dropped /configuration/accountSid'],
    });
  });

  it('accepts masks and current values, in any case of keys, and sends nothing [S-322]', () => {
    const configuration = { AuthToken: MASK, accountsid: 'AC1', numberSid: 'PN1', phoneNumber: '+1' };
    expect(post(twilio, { configuration })).toEqual({
      warnings: [
        'answer-only-dropped /configuration/phoneNumber',
        'unchanged-dropped /configuration/authToken',
        'unchanged-dropped /configuration/accountSid',
        'unchanged-dropped /configuration/numberSid',
      ],
    });
  });

  it('accepts the current secret itself [S-322]', () => {
    expect(post(twilio, { configuration: { authToken: 'cb8c' } })).not.toHaveProperty('configuration');
  });

  it('rejects a change in a second spelling [S-109]', () => {
    const configuration = { authToken: MASK, AuthToken: 'other' };
    expect(problemOf(() => post(twilio, { configuration }))).toEqual([
      'validation-failed',
      '303 /configuration/AuthToken',
    ]);
  });
});
