import { current, direct, twilio } from '../../test/support/integrations/planned-update';
import type { JsonObject } from '../json/json-value';
import { MASK } from '../secrets/secret';
import { comparedSecrets } from './compared-secrets';
import { readUpdate } from './requests/update-request';

const bot = current('Bot', { botToken: 'b' });

const comparisons = (now: typeof twilio, configuration: JsonObject) =>
  comparedSecrets(now, readUpdate({ configuration }, 'merge'));

describe('comparedSecrets', () => {
  it.each([
    ['has a secret of a frozen configuration', twilio, { authToken: 'x' }, ['/configuration/authToken']],
    ['has the current value of a secret', twilio, { authToken: 'cb8c' }, ['/configuration/authToken']],
    ['has a secret in another spelling', twilio, { AUTHTOKEN: 'x' }, ['/configuration/authToken']],
    ['has the configuration for an undeclared key, which may be secret', bot, { botToken: 'x' }, ['/configuration']],
    ['is empty for a mask', twilio, { authToken: MASK }, []],
    ['is empty for a field that is shown', twilio, { accountSid: 'AC1' }, []],
    ['is empty for a field that is not set', bot, { other: 'x' }, []],
    ['is empty if the channel takes updates', direct, { privateSigningKey: 'PRIV' }, []],
  ])('%s', (_what, now, configuration, expected) => {
    expect(comparisons(now, configuration)).toEqual(expected);
  });

  it('is empty without a configuration', () => {
    expect(comparedSecrets(twilio, readUpdate({ name: 'x' }, 'merge'))).toEqual([]);
  });
});
