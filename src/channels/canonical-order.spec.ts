import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../json/json-value';
import { inCanonicalOrder, isOrderable } from './canonical-order';
import { direct } from './direct/direct.channel';
import { system } from './system/system.channel';
import { twilioSms } from './twilio-sms/twilio-sms.channel';

const text = (configuration: JsonObject, channel = twilioSms) =>
  JSON.stringify(inCanonicalOrder(channel, configuration));

describe('inCanonicalOrder', () => {
  it('puts declared members first, as they are declared, and others after them by name [S-771]', () => {
    const configuration = { zeta: 1, events: ['message'], alpha: 2, webhookUrl: 'https://a.io', __proto__x: 3 };
    expect(Object.keys(inCanonicalOrder(system, configuration))).toEqual([
      ...['webhookUrl', 'events'],
      ...['__proto__x', 'alpha', 'zeta'],
    ]);
  });

  it('orders declared objects and free content as well [S-771]', () => {
    expect(text({ capabilities: { voice: true, fax: { z: 1, a: 2 }, mms: true } })).toBe(
      '{"capabilities":{"mms":true,"voice":true,"fax":{"a":2,"z":1}}}',
    );
    expect(text({ start: [{ text: 'Hi', items: [{ b: 1, a: 2 }], type: 'text' }] }, direct)).toBe(
      '{"start":[{"type":"text","items":[{"a":2,"b":1}],"text":"Hi"}]}',
    );
  });

  it('writes one text for a configuration, whatever the order of members at any depth [S-771]', () => {
    const names = fc.constantFrom('authToken', 'capabilities', 'sms', 'x', 'y', '__proto__', '1');
    const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
      json: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom(1, 'text', null),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(names, tie('json'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    const configurations = fc.dictionary(names, json, { noNullPrototype: true });
    fc.assert(
      fc.property(configurations, (configuration) => {
        const other = JSON.parse(JSON.stringify(configuration), reversed);
        expect(text(other)).toBe(text(configuration));
        expect(inCanonicalOrder(twilioSms, configuration)).toEqual(configuration);
      }),
    );
  });

  it('leaves a configuration of more than 10,000 values as it is, because sorting takes too long', () => {
    const large = Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`k${20_000 - index}`, 1]));
    expect(isOrderable(large)).toBe(false);
    expect(inCanonicalOrder(twilioSms, large)).toBe(large);
  });
});

/** For `JSON.parse`: each object with its members in reverse. */
function reversed(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).reverse());
}
