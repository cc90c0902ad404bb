import fc from 'fast-check';
import { Problem } from '../../problems/problem';
import { collectionQuery, noQuery, pathChannel, pathGuid } from './parameters';

const HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';

/** PRT numbers and parameters of all violations. */
function errorsOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return (error.details.errors ?? []).map(({ code, parameter }) => `${code} ${parameter}`);
  }
  return [];
}

describe('an id in a path [S-009]', () => {
  it.each([HUB, '00000000-0000-0000-0000-000000000000', 'abc1e69f-c888-875f-ee2c-45789fd66a00'])(
    'accepts %s in any case',
    (id) => {
      expect([pathGuid(id, 'hubId'), pathGuid(id.toUpperCase(), 'hubId')]).toEqual([id, id]);
    },
  );

  it.each([
    '',
    `{${HUB}}`,
    HUB.replaceAll('-', ''),
    `${HUB} `,
    `${HUB}\n`,
    `${HUB}/`,
    '../hubs',
    `${HUB}%00`,
    HUB.replace('3', 'g'),
    `${HUB}0`,
    '00000000 ...',
  ])('rejects %j', (id) => {
    expect(errorsOf(() => pathGuid(id, 'hubId'))).toEqual(['203 hubId']);
  });

  it('rejects any other value, without quoting it', () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        expect(errorsOf(() => pathGuid(`canary${id}`, 'integrationId'))).toEqual(['203 integrationId']);
        expect(() => pathGuid(`canary${id}`, 'integrationId')).not.toThrow(/canary/);
      }),
    );
  });
});

describe('a channel in a path [S-502]', () => {
  it.each([
    ['Direct', 'Direct'],
    ['direct', 'Direct'],
    ['TWILIOSMS', 'TwilioSMS'],
    ['1001', 'Slack'],
    ['Kik', 'Kik'],
  ])('reads %s as %s', (value, id) => {
    expect(pathChannel(value, 'channelType').id).toBe(id);
  });

  it.each(['', 'Fax', '0', 'Hubster', '01', '1.0', 'Web Chat', 'constructor', '__proto__'])('rejects %j', (value) => {
    expect(errorsOf(() => pathChannel(value, 'channelType'))).toEqual(['206 channelType']);
  });
});

describe('the query of the collection', () => {
  it('has defaults [S-604]', () => {
    expect(collectionQuery({})).toEqual({ pageNumber: 0, pageSize: 50 });
  });

  it('accepts hub, page and size [S-601, S-602, S-603]', () => {
    expect(collectionQuery({ hubId: HUB.toUpperCase(), pageNumber: '7', pageSize: '100' })).toEqual({
      hubId: HUB,
      pageNumber: 7,
      pageSize: 100,
    });
    expect(collectionQuery({ pageNumber: '2147483647', pageSize: '1' })).toEqual({
      pageNumber: 2 ** 31 - 1,
      pageSize: 1,
    });
  });

  it.each([
    ['pageNumber', '-1', 209],
    ['pageNumber', '-2147483649', 209],
    ['pageNumber', '', 210],
    ['pageNumber', ' 1', 210],
    ['pageNumber', '+1', 210],
    ['pageNumber', '1.0', 210],
    ['pageNumber', '1e3', 210],
    ['pageNumber', '0x1', 210],
    ['pageNumber', 'NaN', 210],
    ['pageNumber', '١', 210],
    ['pageNumber', '2147483648', 210],
    ['pageNumber', '9'.repeat(400), 210],
    ['pageNumber', ['1', '2'], 210],
    ['pageSize', '0', 207],
    ['pageSize', '101', 207],
    ['pageSize', '-1', 207],
    ['pageSize', '', 210],
    ['pageSize', '5e1', 210],
    ['hubId', '', 203],
    ['hubId', 'x', 203],
    ['hubId', [HUB, HUB], 203],
    ['pagesize', '10', 206],
    ['__proto__', '10', 206],
  ])('rejects %s=%j (PRT %i) [S-602, S-603, N8]', (name, value, code) => {
    const query: Record<string, unknown> = Object.fromEntries([[name, value]]);
    expect(errorsOf(() => collectionQuery(query))).toEqual([`${code} ${name}`]);
  });

  it('reports all violations at once [S-713]', () => {
    const query = { hubId: 'x', pageNumber: '-1', pageSize: '0', sort: 'name' };
    expect(errorsOf(() => collectionQuery(query))).toEqual(['206 sort', '203 hubId', '209 pageNumber', '207 pageSize']);
  });
});

describe('a route without a query [N8]', () => {
  it('rejects every parameter by its name', () => {
    expect(errorsOf(() => noQuery({ query: { a: '1', b: ['canary'] } }))).toEqual(['206 a', '206 b']);
  });

  it('accepts none', () => {
    expect(errorsOf(() => noQuery({ query: {} }))).toEqual([]);
  });
});
