import { fieldViolations, shown } from '../../../test/support/channels/field-violations';
import type { JsonValue } from '../../json/json-value';
import { EVENT_FILTERS, system } from './system.channel';

const codes = (value: JsonValue) => fieldViolations(system, 'events', value);

describe('events', () => {
  it('lists the event filters of Hubster [S-012]', () => {
    expect(EVENT_FILTERS).toEqual(['message', 'message:customer', 'message:agent', 'message:bot']);
  });

  it.each([[['message']], [['message:bot', 'message:agent', 'message:customer']], [['message', 'message:customer']]])(
    'accepts %j [S-243]',
    (value) => {
      expect(codes(value)).toEqual([]);
      expect(shown(system, 'events', value)).toEqual(value);
    },
  );

  it.each([
    ['a text', 'message', [[302]]],
    ['null', null, [[302]]],
    ['an empty list [S-242]', [], [[306]]],
    ['an unknown filter [S-243]', ['message', 'message:system'], [[206, 1]]],
    ['a filter in another case', ['Message'], [[206, 0]]],
    ['a prefix', ['message:'], [[206, 0]]],
    ['an entry that is a number', ['message', 1], [[302, 1]]],
    ['a repeated filter [S-242]', ['message:bot', 'message', 'message:bot'], [[206, 2]]],
  ])('rejects %s', (_what, value, violations) => {
    expect(codes(value)).toEqual(violations);
  });
});
