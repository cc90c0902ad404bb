import { BadFields } from '../json';
import type { SandboxRequest } from '../sandbox-http';
import { FaultList, parseFault } from './fault';

const REQUEST: SandboxRequest = {
  method: 'POST',
  path: '/hubs/1',
  query: new URLSearchParams(),
  parameters: {},
  headers: {},
  body: '{"name":"special"}',
};

describe('FaultList', () => {
  const listOf = (...scripts: readonly object[]): FaultList => {
    const list = new FaultList();
    for (const script of scripts) list.add(parseFault(script));
    return list;
  };
  /** The statuses of the faults that hit so many requests; undefined for a request without a fault. */
  const statuses = (list: FaultList, requests: number) =>
    Array.from({ length: requests }, () => list.select(REQUEST, 'acme')?.effect.status);

  it.each([
    ['method', { method: 'DELETE' }],
    ['path', { path: '/hubs/x' }],
    ['tenant', { tenant: 'globex' }],
    ['body', { body: '"name":"other"' }],
  ])('does not hit a request that differs in its %s only', (_what, part) => {
    const match = { method: 'post', path: '/hubs/1$', tenant: 'acme', body: '"name":"special"' };
    const list = listOf({ match: { ...match, ...part }, effect: { status: 500 } }, { match, effect: { status: 503 } });
    expect(statuses(list, 1)).toEqual([503]);
  });

  it('hits without limit with times 0, until faults are removed', () => {
    const list = listOf({ times: 0, effect: { status: 500 } });
    expect(statuses(list, 3)).toEqual([500, 500, 500]);
    list.clear();
    expect(statuses(list, 1)).toEqual([undefined]);
  });

  it('uses the first fault with hits left, and counts hits', () => {
    const list = listOf({ times: 2, effect: { status: 500 } }, { effect: { status: 503 } });
    expect(statuses(list, 4)).toEqual([500, 500, 503, undefined]);
    expect(list.describe()).toMatchObject([
      { hits: 2, times: 2, effect: { status: 500 } },
      { hits: 1, times: 1, effect: { status: 503 } },
    ]);
  });

  it('hits by probability, the same requests for the same seed', () => {
    const run = (seed: number, probability: number) =>
      statuses(listOf({ times: 0, probability, seed, effect: { status: 500 } }), 20);
    const first = run(7, 0.5);
    expect(new Set(first)).toEqual(new Set([undefined, 500]));
    expect(run(7, 0.5)).toEqual(first);
    expect(run(8, 0.5)).not.toEqual(first);
    expect(new Set(run(7, 0))).toEqual(new Set([undefined]));
  });
});

describe('parseFault', () => {
  it.each([
    ['no effect', { match: {} }],
    ['an unknown effect', { effect: { explode: true } }],
    ['an unknown match', { match: { header: 'x' }, effect: {} }],
    ['a broken expression', { match: { path: '(' }, effect: {} }],
    ['a probability above 1', { probability: 2, effect: {} }],
    ['a fraction in times', { times: 0.5, effect: {} }],
    ['an invalid status', { effect: { status: 99 } }],
    ['a header with a line break', { effect: { headers: { 'x-a': 'b\r\nc' } } }],
    ['no object', []],
  ])('rejects a script with %s, and gives the path', (_what, script) => {
    expect(() => parseFault(script)).toThrow(BadFields);
    expect(() => parseFault(script)).toThrow(/^fault/);
  });
});
