import { keptValue } from '../../audit/recording/serialise';
import { MASK } from '../../secrets/secret';
import { changesBetween, type IntegrationView } from '../integration-view';
import { changesSeen, plannedRotation, showsCreated, stateOfUpdate } from './recorded-changes';

const view: IntegrationView = {
  integrationId: '00000000-0000-0000-0000-000000000001',
  hubId: '3bc1e69f-c520-446f-ab2c-01751fd66a31',
  channelId: 'Direct',
  name: 'old',
  statusId: 3000,
  configuration: { publicSigningKey: 'AAAA', privateSigningKey: MASK, webhookUrl: 'https://a.io/' },
  secrets: { privateSigningKey: { set: true, fingerprint: 'fp2:aaaa' } },
};
const changed = (more: Partial<IntegrationView>, configuration = {}): IntegrationView => ({
  ...view,
  ...more,
  configuration: { ...view.configuration, ...configuration },
});
const withKeys = (name: string, fingerprint: string): IntegrationView => ({
  ...changed({ secrets: { privateSigningKey: { set: true, fingerprint } } }, { publicSigningKey: name }),
});

describe('what the recorded changes of an update prove', () => {
  const meant = changesBetween(view, changed({ name: 'new' }, { webhookUrl: 'https://b.io/' }));

  it.each([
    ['all values are there', changed({ name: 'new' }, { webhookUrl: 'https://b.io/' }), 'done'],
    ['all values are as before', view, 'untouched'],
    ['some values are there', changed({ name: 'new' }), 'unclear'],
    ['other values are there', changed({ name: 'other' }, { webhookUrl: 'https://c.io/' }), 'unclear'],
  ])('%s: %s', (_name, seen, state) => {
    expect(stateOfUpdate('acme', meant, seen)).toBe(state);
  });

  it.each([
    ['never shown', view, 'unclear'],
    ['shown now', changed({}, { start: 'hi' }), 'done'],
    ['shown now with another value', changed({}, { start: 'ho' }), 'unclear'],
  ])('a field that was not shown before and is %s: %s', (_name, seen, state) => {
    expect(stateOfUpdate('acme', [{ pointer: '/configuration/start', from: null, to: 'hi' }], seen)).toBe(state);
  });

  it('a removed field that is gone: done, one that is still there: untouched', () => {
    const { webhookUrl: _gone, ...configuration } = view.configuration;
    const meantAway = changesBetween(view, { ...view, configuration });
    expect(stateOfUpdate('acme', meantAway, { ...view, configuration })).toBe('done');
    expect(stateOfUpdate('acme', meantAway, view)).toBe('untouched');
  });

  it('no change that is shown: unclear', () => expect(stateOfUpdate('acme', [], view)).toBe('unclear'));

  describe('of values that are recorded masked, cut or by their size', () => {
    const start = [{ type: 'text', text: 'x'.repeat(5000) }];
    const size = `(${JSON.stringify(start).length} characters of JSON)`;
    const long = 'x'.repeat(600);
    const cut = `${'x'.repeat(511)}…`;

    it.each([
      ['a size, which other values may have', '/configuration/start', size, changed({}, { start })],
      ['a cut name, as other names may begin like that', '/name', cut, changed({ name: long })],
      ['a masked name, like that of any secret', '/name', MASK, changed({ name: MASK })],
    ])('%s: unclear', (_what, pointer, kept, seen) => {
      expect(stateOfUpdate('acme', [{ pointer, from: 'old', to: kept }], seen)).toBe('unclear');
      expect(stateOfUpdate('acme', [{ pointer, from: kept, to: 'new' }], seen)).toBe('unclear');
    });

    it('an equal value: no proof; a different value: disproof', () => {
      const change = { pointer: '/configuration/start', from: null, to: size };
      const all = [...changesBetween(view, changed({ name: 'new' })), change];
      expect(stateOfUpdate('acme', all, changed({ name: 'new' }, { start }))).toBe('done');
      expect(stateOfUpdate('acme', all, changed({ name: 'new' }, { start: 'another' }))).toBe('unclear');
    });
  });
});

describe('what the recorded changes of regenerateKeys prove [S-307]', () => {
  const meant = [...plannedRotation(view), ...changesBetween(view, changed({ name: 'new' }))];

  it.each([
    ['another key', withKeys('BBBB', 'fp2:bbbb'), 'done'],
    ['the same key, whatever its name is', changed({ name: 'new' }), 'untouched'],
    ['no key', { ...view, configuration: {} }, 'unclear'],
  ])('%s: %s', (_name, seen, state) => {
    expect(stateOfUpdate('acme', meant, seen)).toBe(state);
  });

  it('no key before: unclear', () => {
    expect(stateOfUpdate('acme', plannedRotation({ ...view, configuration: {} }), view)).toBe('unclear');
  });

  it.each([
    ['before', MASK, 'BBBB'],
    ['now', 'AAAA', MASK],
  ])('a key that is masked %s: unclear', (_when, before, now) => {
    const recorded = plannedRotation(withKeys(before, 'fp2:aaaa'));
    expect(stateOfUpdate('acme', recorded, withKeys(now, 'fp2:aaaa'))).toBe('unclear');
  });

  it('changesSeen has the public key of the new pair', () => {
    expect(changesSeen(meant, withKeys('BBBB', 'fp2:bbbb'))).toEqual([
      { pointer: '/configuration/publicSigningKey', from: 'AAAA', to: 'BBBB' },
    ]);
  });
});

describe('what the recorded changes of a create prove [S-762]', () => {
  const meant = changesBetween(undefined, view);

  it.each([
    ['the same', view, true],
    ['another secret', withKeys('AAAA', 'fp2:bbbb'), false],
    ['another status', changed({ statusId: 3002 }), false],
    ['more than was sent', changed({}, { echo: true }), true],
    ['less than was sent', { ...view, configuration: {}, secrets: {} }, true],
  ])('%s: %s', (_name, seen, isSame) => {
    expect(showsCreated('acme', meant, seen)).toBe(isSame);
  });

  it('a value that is recorded by its size, or cut: no proof', () => {
    const long = { start: [{ type: 'text', text: 'x'.repeat(5000) }] };
    for (const more of [changed({ name: 'x'.repeat(600) }), changed({}, long)]) {
      const recorded = changesBetween(undefined, more).map(({ to, ...change }) => ({
        ...change,
        to: keptValue(to, 'acme'),
      }));
      expect(showsCreated('acme', recorded, more)).toBe(false);
    }
  });

  it('a URL that is masked in parts: proof by its fingerprint', () => {
    const hook = (fingerprint: string): IntegrationView => ({
      ...changed({}, { webhookUrl: `https://hooks.slack.com/${MASK}` }),
      secrets: { ...view.secrets, webhookUrl: { set: true, fingerprint } },
    });
    const recorded = changesBetween(undefined, hook('fp2:cccc'));
    expect(showsCreated('acme', recorded, hook('fp2:cccc'))).toBe(true);
    expect(showsCreated('acme', recorded, hook('fp2:dddd'))).toBe(false);
  });
});
