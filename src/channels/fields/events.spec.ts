import { EVENT_FILTERS, events } from './events';

const codes = (value: unknown) => events.check(value).map(({ code, at = [] }) => [code, ...at]);

describe('events', () => {
  it('are the event filters of Hubster [S-012]', () => {
    expect(EVENT_FILTERS).toEqual(['message', 'message:customer', 'message:agent', 'message:bot']);
  });

  it.each([[['message']], [['message:bot', 'message:agent', 'message:customer']], [['message', 'message:customer']]])(
    'may be %j [S-243]',
    (value) => {
      expect(codes(value)).toEqual([]);
      expect(events.redact(value)).toEqual(value);
    },
  );

  it.each([
    ['no list', 'message', [[302]]],
    ['null', null, [[302]]],
    ['an empty list [S-242]', [], [[306]]],
    ['an unknown filter [S-243]', ['message', 'message:system'], [[206, 1]]],
    ['a filter in another case', ['Message'], [[206, 0]]],
    ['a prefix', ['message:'], [[206, 0]]],
    ['an entry that is no text', ['message', 1], [[302, 1]]],
    ['the same one twice [S-242]', ['message:bot', 'message', 'message:bot'], [[206, 2]]],
  ])('cannot be %s', (_what, value, violations) => {
    expect(codes(value)).toEqual(violations);
  });
});
