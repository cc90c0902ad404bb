import { MASK } from '../secrets/secret';
import { changesBetween, type IntegrationView } from './integration-view';

const view: IntegrationView = {
  integrationId: '00000000-0000-0000-0000-000000000001',
  hubId: '3bc1e69f-c520-446f-ab2c-01751fd66a31',
  channelId: 'TwilioSMS',
  name: 'Support line',
  statusId: 3000,
  configuration: { authToken: MASK, accountSid: 'AC1', 'a/b': MASK },
  secrets: { authToken: { set: true, fingerprint: 'fp2:aaaa' } },
};

describe('changesBetween', () => {
  it('is empty if nothing changed, whatever the order of keys', () => {
    const start = [{ type: 'text', text: 'Hi' }];
    const before = { ...view, configuration: { ...view.configuration, start } };
    const reordered = { start: [{ text: 'Hi', type: 'text' }], accountSid: 'AC1', 'a/b': MASK, authToken: MASK };
    expect(changesBetween(before, { ...view, configuration: reordered })).toEqual([]);
  });

  it('has the old and new value of each change, at its pointer', () => {
    const after = { ...view, name: 'New', configuration: { ...view.configuration, accountSid: 'AC2' } };
    expect(changesBetween(view, after)).toEqual([
      { pointer: '/name', from: 'Support line', to: 'New' },
      { pointer: '/configuration/accountSid', from: 'AC1', to: 'AC2' },
    ]);
  });

  it('has fingerprints in place of secrets [S-754]', () => {
    const after = { ...view, secrets: { authToken: { set: true, fingerprint: 'fp2:bbbb' } } } as const;
    expect(changesBetween(view, after)).toEqual([
      { pointer: '/configuration/authToken', from: 'fp2:aaaa', to: 'fp2:bbbb' },
    ]);
  });

  it('shows the change of a masked part of a value by the fingerprint of the whole', () => {
    const withUrl = (webhookUrl: string, fingerprint: string): IntegrationView => ({
      ...view,
      configuration: { webhookUrl },
      secrets: { webhookUrl: { set: true, fingerprint } },
    });
    const before = withUrl('https://h.io/********', 'fp1:aaaa');
    const fingerprints = { pointer: '/secrets/webhookUrl/fingerprint', from: 'fp1:aaaa', to: 'fp1:bbbb' };
    expect(changesBetween(before, withUrl('https://h.io/********', 'fp1:bbbb'))).toEqual([fingerprints]);
    expect(changesBetween(before, withUrl('https://i.io/********', 'fp1:bbbb'))).toEqual([
      { pointer: '/configuration/webhookUrl', from: 'https://h.io/********', to: 'https://i.io/********' },
      fingerprints,
    ]);
    expect(changesBetween(before, withUrl('********', 'fp1:bbbb'))).toContainEqual({
      pointer: '/configuration/webhookUrl',
      from: 'https://h.io/********',
      to: 'fp1:bbbb',
    });
  });

  it('has null in place of absent values', () => {
    const { authToken: _gone, ...configuration } = view.configuration;
    const after = { ...view, configuration: { ...configuration, echo: true }, secrets: {} };
    expect(changesBetween(view, after)).toEqual([
      { pointer: '/configuration/authToken', from: 'fp2:aaaa', to: null },
      { pointer: '/configuration/echo', from: null, to: true },
    ]);
  });

  it('has all values of an integration that is created or deleted', () => {
    const values = [
      ['/channelId', 'TwilioSMS'],
      ['/name', 'Support line'],
      ['/statusId', 3000],
      ['/configuration/authToken', 'fp2:aaaa'],
      ['/configuration/accountSid', 'AC1'],
      ['/configuration/a~1b', MASK],
    ];
    expect(changesBetween(undefined, view)).toEqual(values.map(([pointer, to]) => ({ pointer, from: null, to })));
    expect(changesBetween(view, undefined)).toEqual(values.map(([pointer, from]) => ({ pointer, from, to: null })));
  });
});
