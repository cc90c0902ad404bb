import fc from 'fast-check';
import type { Tenant } from '../context/tenant';
import { Problem } from '../problems/problem';
import { Secret } from '../secrets/secret';
import { collectionHub, integrationNotFound, mayUse, requireHub, resourceKey } from './hub-rules';

const HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';
const SECOND = '3bc1e69f-c520-446f-ab2c-01751fd66a32';
const FOREIGN = '7d5a1c40-8e7b-4a54-9c7e-5f0b2d9e4a01';

const tenant = (...hubs: readonly string[]): Tenant => ({
  id: 'acme',
  credentials: { portalToken: Secret.of('t') },
  visibility: 'acme',
  ...(hubs.length > 0 && { hubs: new Set(hubs) }),
});

function rejection(act: () => unknown): readonly unknown[] {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [error.code, ...(error.details.errors ?? []).map(({ code, parameter }) => [code, parameter])];
  }
  return [];
}

describe('the hubs of a tenant', () => {
  it('are the listed ones, or all that its credentials give access to [S-016]', () => {
    expect([mayUse(tenant(HUB), HUB), mayUse(tenant(HUB), FOREIGN), mayUse(tenant(), FOREIGN)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('hide any other hub as not-found [S-016]', () => {
    expect(rejection(() => requireHub(tenant(HUB), FOREIGN))).toEqual(['not-found', [699, undefined]]);
    expect(rejection(() => requireHub(tenant(HUB), HUB))).toEqual([]);
  });

  it('hide an integration in another hub as not-found [S-016]', () => {
    expect(integrationNotFound()).toMatchObject({ code: 'not-found', details: { errors: [{ code: 799 }] } });
  });
});

describe('the hub of a collection [S-601]', () => {
  it.each([
    ['is the requested one', tenant(HUB, SECOND), SECOND, SECOND],
    ['is the listed one if the request has none', tenant(HUB), undefined, HUB],
    ['is undefined if the tenant lists none', tenant(), undefined, undefined],
    ['is any requested one if the tenant lists none', tenant(), FOREIGN, FOREIGN],
  ])('%s', (_what, of, requested, hub) => {
    expect(collectionHub(of, requested)).toBe(hub);
  });

  it('is required if the tenant lists several', () => {
    expect(rejection(() => collectionHub(tenant(HUB, SECOND), undefined))).toEqual([
      'validation-failed',
      [200, 'hubId'],
    ]);
  });

  it('cannot be another tenant’s', () => {
    expect(rejection(() => collectionHub(tenant(HUB), FOREIGN))).toEqual(['not-found', [699, undefined]]);
  });
});

describe('resourceKey', () => {
  it('differs for different resources', () => {
    const parameters = fc.array(fc.string());
    fc.assert(
      fc.property(parameters, parameters, (some, others) => {
        const isSame = JSON.stringify(some) === JSON.stringify(others);
        expect(resourceKey('one', ...some) === resourceKey('one', ...others)).toBe(isSame);
      }),
    );
    expect(resourceKey('page', 'a', 'b')).not.toBe(resourceKey('page', 'a,b'));
    expect(resourceKey('page', 'a","b')).not.toBe(resourceKey('page', 'a', 'b'));
  });
});
