import { current, patch, plan, post, refusal, twilio } from '../../test/support/integrations/planned-update';
import { MASK } from '../secrets/secret';

describe('a frozen configuration', () => {
  const change = { name: 'New', configuration: { authToken: 'other', accountSid: 'AC1' } };

  it.each(['replace', 'merge'] as const)('refuses a change, and applies nothing (%s) [S-310]', (mode) => {
    expect(refusal(() => plan(twilio, mode, change))).toEqual(['configuration-frozen']);
  });

  it('says what to do instead [S-311]', () => {
    expect(() => post(twilio, change)).toThrow(/Delete the integration and create it anew/);
  });

  it.each(['TwilioSMS', 'Messenger', 'Slack', 'Bot'])('%s takes no configuration [S-310]', (channelId) => {
    expect(refusal(() => post(current(channelId, {}), { configuration: { code: 'x' } }))).toEqual([
      'configuration-frozen',
    ]);
  });

  it('refuses removing a value by PATCH too [S-310]', () => {
    expect(refusal(() => patch(twilio, { configuration: { numberSid: null } }))).toEqual(['configuration-frozen']);
  });

  it('drops it when asked to, applies the rest and says so [S-321]', () => {
    expect(plan(twilio, 'replace', change, true)).toEqual({
      name: 'New',
      warnings: ['configuration-dropped /configuration/authToken', 'unchanged-dropped /configuration/accountSid'],
    });
  });

  it('masks and current values, in any case of keys, are no change; nothing is left to be sent [S-322]', () => {
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

  it('the current secret itself is no change [S-322]', () => {
    expect(post(twilio, { configuration: { authToken: 'cb8c' } })).not.toHaveProperty('configuration');
  });

  it('a change cannot hide behind a second spelling [S-109]', () => {
    const configuration = { authToken: MASK, AuthToken: 'other' };
    expect(refusal(() => post(twilio, { configuration }))).toEqual([
      'validation-failed',
      '303 /configuration/AuthToken',
    ]);
  });
});
