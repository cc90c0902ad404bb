import { fieldNamed, renameKeys } from './configuration-keys';
import { twilioSms } from './twilio-sms/twilio-sms.channel';

describe('fieldNamed', () => {
  it.each(['authToken', 'AuthToken', 'AUTHTOKEN', 'authtoken'])('finds authToken under %s [S-205]', (key) => {
    expect(fieldNamed(twilioSms, key)?.name).toBe('authToken');
  });

  it.each(['auth_token', 'authToken ', 'acccountSid', 'pageAccessToken', 'constructor', '__proto__', ''])(
    'finds nothing under "%s"',
    (key) => {
      expect(fieldNamed(twilioSms, key)).toBeUndefined();
    },
  );
});

describe('renameKeys', () => {
  it('gives declared keys their documented spelling and keeps their order [S-205]', () => {
    const { configuration } = renameKeys(twilioSms, { NumberSid: 'PN1', AuthToken: 't', ACCOUNTSID: 'AC1' });
    expect(Object.entries(configuration)).toEqual([
      ['numberSid', 'PN1'],
      ['authToken', 't'],
      ['accountSid', 'AC1'],
    ]);
  });

  it('leaves undeclared keys and all values as they are [S-225]', () => {
    const configuration = { Foo: { AuthToken: 1 }, capabilities: { Fax: { Mms: true } } };
    expect(renameKeys(twilioSms, configuration)).toEqual({
      configuration,
      repeated: [],
      aliases: [],
      isRespelled: false,
    });
  });

  it('renames the members of declared objects, and reports them with their pointers [S-205]', () => {
    const { configuration, repeated, isRespelled } = renameKeys(twilioSms, {
      Capabilities: { Mms: true, SMS: false, sms: true },
    });
    expect(configuration).toEqual({ capabilities: { mms: true, sms: true } });
    expect([repeated, isRespelled]).toEqual([['/Capabilities/SMS'], true]);
  });

  it('keeps an undeclared __proto__ as a key', () => {
    const configuration = JSON.parse('{"__proto__": {"authToken": "x"}}');
    expect(JSON.stringify(renameKeys(twilioSms, configuration).configuration)).toBe(JSON.stringify(configuration));
  });

  it.each(['AcccountSid', 'acccountSid'])('reads the alias %s as accountSid and reports it [S-206, S-404]', (alias) => {
    expect(renameKeys(twilioSms, { [alias]: 'AC1' })).toEqual({
      configuration: { accountSid: 'AC1' },
      repeated: [],
      aliases: [`/${alias}`],
      isRespelled: true,
    });
  });

  it.each([
    ['the documented spelling over another case', { AccountSid: 'other', accountSid: 'kept' }, 'AccountSid'],
    ['the documented spelling over an alias', { AcccountSid: 'other', accountSid: 'kept' }, 'AcccountSid'],
    ['another case over an alias', { AcccountSid: 'other', AccountSid: 'kept' }, 'AcccountSid'],
    ['the first of two other cases', { ACCOUNTSID: 'kept', AccountSid: 'other' }, 'AccountSid'],
  ])('prefers %s, and reports the dropped key [S-109, S-206]', (_what, configuration, dropped) => {
    expect(renameKeys(twilioSms, configuration)).toMatchObject({
      configuration: { accountSid: 'kept' },
      repeated: [`/${dropped}`],
    });
  });

  it('reports each of several repetitions [S-109]', () => {
    const { configuration, repeated } = renameKeys(twilioSms, { AUTHTOKEN: 'a', AuthToken: 'b', authToken: 'c' });
    expect(configuration).toEqual({ authToken: 'c' });
    expect([...repeated].sort()).toEqual(['/AUTHTOKEN', '/AuthToken']);
  });
});
