import { current, direct, twilio } from '../../test/support/integrations/planned-update';
import type { JsonObject } from '../json/json-value';
import { MASK } from '../secrets/secret';
import { comparedSecrets } from './compared-secrets';
import { readUpdate } from './requests/update-request';

const bot = current('Bot', { botToken: 'b' });

const comparisons = (now: typeof twilio, configuration: JsonObject) =>
  comparedSecrets(now, readUpdate({ configuration }, 'merge'));

describe('what an update lets a caller find out', () => {
  it.each([
    ['a secret of a frozen configuration', twilio, { authToken: 'x' }, ['/configuration/authToken']],
    ['the right one as well', twilio, { authToken: 'cb8c' }, ['/configuration/authToken']],
    ['a secret in another spelling', twilio, { AUTHTOKEN: 'x' }, ['/configuration/authToken']],
    ['what is not declared, and may be secret', bot, { botToken: 'x' }, ['/configuration']],
    ['nothing by a mask', twilio, { authToken: MASK }, []],
    ['nothing by what is shown', twilio, { accountSid: 'AC1' }, []],
    ['nothing where nothing is set', bot, { other: 'x' }, []],
    ['nothing where the configuration is replaced', direct, { privateSigningKey: 'PRIV' }, []],
  ])('%s', (_what, now, configuration, expected) => {
    expect(comparisons(now, configuration)).toEqual(expected);
  });

  it('nothing without a configuration', () => {
    expect(comparedSecrets(twilio, readUpdate({ name: 'x' }, 'merge'))).toEqual([]);
  });
});
