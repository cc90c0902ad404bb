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
    expect(toldOfUpdate(meant, seen)).toBe(told);
  });

  it.each([
    ['never shown', view, 'unclear'],
    ['shown now', changed({}, { start: 'hi' }), 'done'],
    ['shown now with another value', changed({}, { start: 'ho' }), 'unclear'],
  ])('a field that was not shown before and is %s: %s', (_name, seen, told) => {
    expect(toldOfUpdate([{ pointer: '/configuration/start', from: null, to: 'hi' }], seen)).toBe(told);
  });

  it('a field that was taken away and is gone is done, one that is still there is not', () => {
    const { webhookUrl: _gone, ...configuration } = view.configuration;
    const meantAway = changesBetween(view, { ...view, configuration });
    expect(toldOfUpdate(meantAway, { ...view, configuration })).toBe('done');
    expect(toldOfUpdate(meantAway, view)).toBe('untouched');
  });

  it('no change that shows tells nothing', () => expect(toldOfUpdate([], view)).toBe('unclear'));

  it('compares long values as the trail keeps them', () => {
    const long = { start: [{ type: 'text', text: 'x'.repeat(5000) }] };
    const kept = [
      { pointer: '/configuration/start', from: null, to: `(${JSON.stringify(long.start).length} characters of JSON)` },
    ];
    expect(toldOfUpdate(kept, changed({}, long))).toBe('done');
    expect(
      toldOfUpdate([{ pointer: '/name', from: 'old', to: `${'x'.repeat(511)}…` }], changed({ name: 'x'.repeat(600) })),
    ).toBe('done');
  });
});

describe('what they prove of regenerateKeys [S-307]', () => {
  const meant = [...keysToCome(view), ...changesBetween(view, changed({ name: 'new' }))];

  it.each([
    ['another key', withKeys('BBBB', 'fp2:bbbb'), 'done'],
    ['the same key, whatever its name is', changed({ name: 'new' }), 'untouched'],
    ['no key', { ...view, configuration: {} }, 'unclear'],
  ])('%s: %s', (_name, seen, told) => {
    expect(toldOfUpdate(meant, seen)).toBe(told);
  });

  it('no key before: nobody can tell', () => {
    expect(toldOfUpdate(keysToCome({ ...view, configuration: {} }), view)).toBe('unclear');
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
    expect(showsCreated(meant, seen)).toBe(isSame);
  });
});
