import { keptValue } from '../../audit/recording/serialise';
import { MASK } from '../../secrets/secret';
import { changesBetween } from '../changes';
import type { IntegrationView } from '../integration-view';
import { changesSeen, keysToCome, showsCreated, toldOfUpdate } from './recorded-changes';

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
    ['all of it is there', changed({ name: 'new' }, { webhookUrl: 'https://b.io/' }), 'done'],
    ['all is as before', view, 'untouched'],
    ['a part of it is there', changed({ name: 'new' }), 'unclear'],
    ['something else is there', changed({ name: 'other' }, { webhookUrl: 'https://c.io/' }), 'unclear'],
  ])('%s: %s', (_name, seen, told) => {
    expect(toldOfUpdate('acme', meant, seen)).toBe(told);
  });

  it.each([
    ['never shown', view, 'unclear'],
    ['shown now', changed({}, { start: 'hi' }), 'done'],
    ['shown now with another value', changed({}, { start: 'ho' }), 'unclear'],
  ])('a field that was not shown before and is %s: %s', (_name, seen, told) => {
    expect(toldOfUpdate('acme', [{ pointer: '/configuration/start', from: null, to: 'hi' }], seen)).toBe(told);
  });

  it('a field that was taken away and is gone is done, one that is still there is not', () => {
    const { webhookUrl: _gone, ...configuration } = view.configuration;
    const meantAway = changesBetween(view, { ...view, configuration });
    expect(toldOfUpdate('acme', meantAway, { ...view, configuration })).toBe('done');
    expect(toldOfUpdate('acme', meantAway, view)).toBe('untouched');
  });

  it('no change that shows tells nothing', () => expect(toldOfUpdate('acme', [], view)).toBe('unclear'));

  describe('of values that the trail keeps masked, cut or by their size', () => {
    const start = [{ type: 'text', text: 'x'.repeat(5000) }];
    const size = `(${JSON.stringify(start).length} characters of JSON)`;
    const long = 'x'.repeat(600);
    const cut = `${'x'.repeat(511)}…`;

    it.each([
      ['a size, as another value may have it', '/configuration/start', size, changed({}, { start })],
      ['a cut name, as another may begin so', '/name', cut, changed({ name: long })],
      ['a masked name, as any secret is', '/name', MASK, changed({ name: MASK })],
    ])('%s: nothing', (_what, pointer, kept, seen) => {
      expect(toldOfUpdate('acme', [{ pointer, from: 'old', to: kept }], seen)).toBe('unclear');
      expect(toldOfUpdate('acme', [{ pointer, from: kept, to: 'new' }], seen)).toBe('unclear');
    });

    it('no proof, but one that differs is proof against', () => {
      const change = { pointer: '/configuration/start', from: null, to: size };
      const all = [...changesBetween(view, changed({ name: 'new' })), change];
      expect(toldOfUpdate('acme', all, changed({ name: 'new' }, { start }))).toBe('done');
      expect(toldOfUpdate('acme', all, changed({ name: 'new' }, { start: 'another' }))).toBe('unclear');
    });
  });
});

describe('what they prove of regenerateKeys [S-307]', () => {
  const meant = [...keysToCome(view), ...changesBetween(view, changed({ name: 'new' }))];

  it.each([
    ['another key', withKeys('BBBB', 'fp2:bbbb'), 'done'],
    ['the same key, whatever its name is', changed({ name: 'new' }), 'untouched'],
    ['no key', { ...view, configuration: {} }, 'unclear'],
  ])('%s: %s', (_name, seen, told) => {
    expect(toldOfUpdate('acme', meant, seen)).toBe(told);
  });

  it('no key before: nobody can tell', () => {
    expect(toldOfUpdate('acme', keysToCome({ ...view, configuration: {} }), view)).toBe('unclear');
  });

  it.each([
    ['before', MASK, 'BBBB'],
    ['now', 'AAAA', MASK],
  ])('a key that is masked %s: nobody can tell', (_when, before, now) => {
    const recorded = keysToCome(withKeys(before, 'fp2:aaaa'));
    expect(toldOfUpdate('acme', recorded, withKeys(now, 'fp2:aaaa'))).toBe('unclear');
  });

  it('tells the new key by its name', () => {
    expect(changesSeen(meant, withKeys('BBBB', 'fp2:bbbb'))).toEqual([
      { pointer: '/configuration/publicSigningKey', from: 'AAAA', to: 'BBBB' },
    ]);
  });
});

describe('whether a create is what is found under its name [S-762]', () => {
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

  it('a value of which the trail keeps the size alone is no proof of it, nor one that is cut', () => {
    const long = { start: [{ type: 'text', text: 'x'.repeat(5000) }] };
    for (const more of [changed({ name: 'x'.repeat(600) }), changed({}, long)]) {
      const recorded = changesBetween(undefined, more).map(({ to, ...change }) => ({
        ...change,
        to: keptValue(to, 'acme'),
      }));
      expect(showsCreated('acme', recorded, more)).toBe(false);
    }
  });

  it('a URL that is masked in parts is proven by its fingerprint', () => {
    const hook = (fingerprint: string): IntegrationView => ({
      ...changed({}, { webhookUrl: `https://hooks.slack.com/${MASK}` }),
      secrets: { ...view.secrets, webhookUrl: { set: true, fingerprint } },
    });
    const recorded = changesBetween(undefined, hook('fp2:cccc'));
    expect(showsCreated('acme', recorded, hook('fp2:cccc'))).toBe(true);
    expect(showsCreated('acme', recorded, hook('fp2:dddd'))).toBe(false);
  });
});
