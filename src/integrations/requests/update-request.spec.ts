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
  it.each(['replace', 'merge'] as const)('S-301: has only what was sent, and the mode of its verb (%s)', (mode) => {
    const nothing = { mode, claims: new Map(), warnings: [] };
    expect(readUpdate({ name: 'New' }, mode)).toEqual({ ...nothing, name: 'New' });
    expect(readUpdate({ statusId: 3002 }, mode)).toEqual({ ...nothing, statusId: 3002 });
    expect(Object.keys(readUpdate({ configuration: {} }, mode))).toEqual([
      'mode',
      'configuration',
      'claims',
      'warnings',
    ]);
  });

  it('S-326: leaves the configuration for the channel to judge, and from being printed (N1)', () => {
    const command = readUpdate({ configuration: { anything: 'canary' } }, 'merge');
    expect(command.configuration?.reveal()).toEqual({ anything: 'canary' });
    expect(JSON.stringify(command)).not.toContain('canary');
  });

  it.each([{}, { hubId: 'x' }, { secrets: {}, integrationId: 'x', channelId: 'Direct' }])(
    'S-301: is refused when it asks for nothing: %j',
    (body) => {
      expect(errorsOf(body)).toEqual(['301 ']);
    },
  );

  it('S-302, S-118: drops what only answers have, with a warning each', () => {
    const answerOnly = { integrationId: 'x', inboundId: 7, secrets: { authToken: MASK }, warnings: [MASK] };
    expect(readUpdate({ ...answerOnly, name: 'New' }, 'merge').warnings.map(({ pointer }) => pointer)).toEqual(
      Object.keys(answerOnly).map((key) => `/${key}`),
    );
  });

  it('S-302: keeps claims for the integration to judge, null ones too', () => {
    const claims = { channelId: 'Direct', hubId: null, integrationTypeId: 2 };
    expect(Object.fromEntries(readUpdate({ ...claims, name: 'New' }, 'replace').claims)).toEqual(claims);
  });

  it('S-713, S-109: tells all problems at once', () => {
    expect(errorsOf({ name: ' x', statusId: '3000', configuration: [], bogus: 1, Name: 'x', status: 1 })).toEqual([
      '206 /name',
      '302 /configuration',
      '302 /statusId',
      '303 /Name',
      '303 /bogus',
      '303 /status',
    ]);
  });

  it.each(['name', 'statusId', 'configuration'])('S-327: refuses null for %s', (key) => {
    expect(errorsOf({ [key]: null })).toEqual([`302 /${key}`]);
  });

  it('S-106: refuses a status that only answers may have', () => {
    expect(errorsOf({ statusId: 3001 })).toEqual(['206 /statusId']);
  });

  it('S-315: is mask-in-value only when the name is a mask and nothing else is wrong', () => {
    expect(problemOf({ name: MASK })?.code).toBe('mask-in-value');
    expect(problemOf({ name: MASK, statusId: 1 })?.code).toBe('validation-failed');
  });

  it('S-751: names no offending value', () => {
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
