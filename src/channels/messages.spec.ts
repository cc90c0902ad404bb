import { fieldViolations, shown } from '../../test/support/channels/field-violations';
import type { JsonValue } from '../json/json-value';
import { MESSAGE_TYPES } from './messages';
import { webChat } from './web-chat/web-chat.channel';

const codes = (value: JsonValue) => fieldViolations(webChat, 'start', value);

describe('messages', () => {
  it('have 13 types [S-012, S-224]', () => {
    expect(MESSAGE_TYPES).toEqual(
      'text contact card location attachment video audio youtube vimeo image list carousel command'.split(' '),
    );
  });

  it.each(MESSAGE_TYPES.filter((type) => type !== 'text'))('of type %s require nothing else [S-224]', (type) => {
    expect(codes([{ type }])).toEqual([]);
  });

  it.each([{ text: 'Hi' }, { items: [] }, { actions: [{ type: 'reply', title: 'Yes' }] }])(
    'of type text may have %j [S-224]',
    (content) => {
      expect(codes([{ type: 'text', ...content }])).toEqual([]);
    },
  );

  it.each([
    [{ type: 'text' }],
    [{ type: 'text', url: 'https://hubster.io' }],
    [JSON.parse('{"type":"text","__proto__":{"text":"Hi"}}')],
  ])('of type text require text, items or actions: %j (PRT 301) [S-224]', (message) => {
    expect(codes([message])).toEqual([[301, 0, 'text']]);
  });

  it.each([['fax'], ['Text'], [''], ['toString']])('of type "%s" are rejected (PRT 206) [S-224]', (type) => {
    expect(codes([{ type, text: 'Hi' }])).toEqual([[206, 0, 'type']]);
  });

  it.each([
    [{}, [301, 0, 'type']],
    [{ type: null }, [302, 0, 'type']],
    [{ type: ['text'] }, [302, 0, 'type']],
    ['text', [302, 0]],
    [null, [302, 0]],
    [[], [302, 0]],
  ])('cannot be %j [S-222]', (message, violation) => {
    expect(codes([message])).toEqual([violation]);
  });

  it.each([['text'], [{ type: 'text', text: 'Hi' }], [null], [true]])(
    'are a list, not %j (PRT 302) [S-222]',
    (value) => {
      expect(codes(value)).toEqual([[302]]);
    },
  );

  it('are 0 to 50, not 51 (PRT 207) [S-015]', () => {
    const many = Array.from({ length: 51 }, () => ({ type: 'image' }));
    expect(codes([])).toEqual([]);
    expect(codes(many.slice(1))).toEqual([]);
    expect(codes(many)).toEqual([[207]]);
  });

  it('hold free content, which is not validated [S-222]', () => {
    expect(codes([{ type: 'card', text: 5, channels: { Slack: { AuthToken: null } }, anything: [[]] }])).toEqual([]);
  });

  it('are shown unchanged, whatever the case of their keys [S-225]', () => {
    const start = [{ Type: 'text', text: 'Hi', Channels: { AuthToken: 'x' } }];
    expect(shown(webChat, 'start', start)).toBe(start);
  });
});
