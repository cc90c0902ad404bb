import fc from 'fast-check';
import type { JsonObject } from '../../json/json-value';
import { Problem } from '../../problems/problem';
import { MASK } from '../../secrets/secret';
import { readUpdate } from './update-request';

function problemOf(body: JsonObject): Problem | undefined {
  try {
    readUpdate(body, 'merge');
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  return undefined;
}

const errorsOf = (body: JsonObject): readonly string[] =>
  (problemOf(body)?.details.errors ?? []).map(({ code, pointer }) => `${code} ${pointer}`).sort();

describe('an update', () => {
  it.each(['replace', 'merge'] as const)(
    'has only the members of the body, and the mode of its method (%s) [S-301]',
    (mode) => {
      const nothing = { mode, immutableFields: new Map(), warnings: [] };
      expect(readUpdate({ name: 'New' }, mode)).toEqual({ ...nothing, name: 'New' });
      expect(readUpdate({ statusId: 3002 }, mode)).toEqual({ ...nothing, statusId: 3002 });
      expect(Object.keys(readUpdate({ configuration: {} }, mode))).toEqual([
        'mode',
        'configuration',
        'immutableFields',
        'warnings',
      ]);
    },
  );

  it('neither checks nor prints the configuration [S-326, N1]', () => {
    const command = readUpdate({ configuration: { anything: 'canary' } }, 'merge');
    expect(command.configuration?.reveal()).toEqual({ anything: 'canary' });
    expect(JSON.stringify(command)).not.toContain('canary');
  });

  it.each([{}, { hubId: 'x' }, { secrets: {}, integrationId: 'x', channelId: 'Direct' }])(
    'is rejected if it would change nothing: %j [S-301]',
    (body) => {
      expect(errorsOf(body)).toEqual(['301 ']);
    },
  );

  it('drops read-only fields, with a warning each [S-302, S-118]', () => {
    const readOnly = { integrationId: 'x', inboundId: 7, secrets: { authToken: MASK }, warnings: [MASK] };
    expect(readUpdate({ ...readOnly, name: 'New' }, 'merge').warnings.map(({ pointer }) => pointer)).toEqual(
      Object.keys(readOnly).map((key) => `/${key}`),
    );
  });

  it('keeps immutable fields, also null, to compare them with the integration [S-302]', () => {
    const immutableFields = { channelId: 'Direct', hubId: null, integrationTypeId: 2 };
    expect(Object.fromEntries(readUpdate({ ...immutableFields, name: 'New' }, 'replace').immutableFields)).toEqual(
      immutableFields,
    );
  });

  it('reports all violations at once [S-713, S-109]', () => {
    expect(errorsOf({ name: ' x', statusId: '3000', configuration: [], bogus: 1, Name: 'x', status: 1 })).toEqual([
      '206 /name',
      '302 /configuration',
      '302 /statusId',
      '303 /Name',
      '303 /bogus',
      '303 /status',
    ]);
  });

  it.each(['name', 'statusId', 'configuration'])('rejects null for %s [S-327]', (key) => {
    expect(errorsOf({ [key]: null })).toEqual([`302 /${key}`]);
  });

  it('rejects a status that only responses may have [S-106]', () => {
    expect(errorsOf({ statusId: 3001 })).toEqual(['206 /statusId']);
  });

  it('is mask-in-value only if the name has a mask and nothing else is wrong [S-315]', () => {
    expect(problemOf({ name: MASK })?.code).toBe('mask-in-value');
    expect(problemOf({ name: MASK, statusId: 1 })?.code).toBe('validation-failed');
  });

  it('reports no rejected value [S-751]', () => {
    const value = fc.constantFrom(
      'canary ',
      'canary\n',
      'canary'.repeat(99),
      ['canary'],
      { a: 'canary' },
      `canary${MASK}`,
    );
    const body = fc.dictionary(fc.constantFrom('name', 'statusId', 'configuration', 'bogus'), value, { minKeys: 1 });
    fc.assert(
      fc.property(body, (sent) => {
        const { message, details } = problemOf(sent) ?? new Problem('internal-error');
        expect(message + JSON.stringify(details)).not.toContain('canary');
      }),
    );
  });
});
