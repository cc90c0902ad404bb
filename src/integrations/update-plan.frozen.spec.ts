import { MASK } from '../secrets/secret';
import { current, patch, plan, post, refusal, twilio } from './testing/planned-update';

describe('a frozen configuration', () => {
  const change = { name: 'New', configuration: { authToken: 'other', accountSid: 'AC1' } };

  it.each(['replace', 'merge'] as const)('S-310: refuses a change, and applies nothing (%s)', (mode) => {
    expect(refusal(() => plan(twilio, mode, change))).toEqual(['configuration-frozen']);
  });

  it('S-311: says what to do instead', () => {
    expect(() => post(twilio, change)).toThrow(/Delete the integration and create it anew/);
  });

  it.each(['TwilioSMS', 'Messenger', 'Slack', 'Bot'])('S-310: %s takes no configuration', (channelId) => {
    expect(refusal(() => post(current(channelId, {}), { configuration: { code: 'x' } }))).toEqual([
      'configuration-frozen',
    ]);
  });

  it('S-310: refuses removing a value by PATCH too', () => {
    expect(refusal(() => patch(twilio, { configuration: { numberSid: null } }))).toEqual(['configuration-frozen']);
  });

  it('S-321: drops it when asked to, applies the rest and says so', () => {
    expect(plan(twilio, 'replace', change, true)).toEqual({
      name: 'New',
      warnings: ['configuration-dropped /configuration/authToken', 'unchanged-dropped /configuration/accountSid'],
    });
  });

  it('S-322: masks and current values, in any case of keys, are no change; nothing is left to be sent', () => {
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

  it('S-322: the current secret itself is no change', () => {
    expect(post(twilio, { configuration: { authToken: 'cb8c' } })).not.toHaveProperty('configuration');
  });

  it('S-109: a change cannot hide behind a second spelling', () => {
    const configuration = { authToken: MASK, AuthToken: 'other' };
    expect(refusal(() => post(twilio, { configuration }))).toEqual([
      'validation-failed',
      '303 /configuration/AuthToken',
    ]);
  });
});
