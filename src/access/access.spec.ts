import { ManualClock } from '../../test/support/manual-clock';
import { networkSettings } from '../../test/support/network-settings';
import type { CallerConfig, TenantsConfig } from '../config/tenants/tenants-config';
import { SCOPES, type Scope } from '../context/caller';
import { createLogger } from '../observability/log/logger';
import { Metrics } from '../observability/metrics';
import { Problem } from '../problems/problem';
import { NoRedis } from '../redis/redis';
import { Secret } from '../secrets/secret';
import { SecretKeys } from '../secrets/secret-keys';
import { Access, type AuthContext, type RequestHeaders } from './access';
import { keyHash } from './api-key';
import { Directory, type Principal } from './directory';
import { BearerTokens } from './tokens/bearer-tokens';
import { PortalTokens } from './tokens/portal-tokens';
import { TokenVerifier } from './tokens/token-verifier';

const HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';
const START = Date.UTC(2026, 0, 1);

const config: TenantsConfig<Scope> = {
  tenants: [tenant('acme', new Set([HUB])), tenant('globex'), tenant('initech')],
  callers: [
    caller('billing', ['acme']),
    caller('reader', ['acme'], ['integrations:read']),
    caller('gateway', ['acme', 'globex']),
    caller('operator', '*'),
    { ...caller('rotating', ['acme']), keys: [key('old', START + 1000), key('new')] },
  ],
  issuers: [],
  passthrough: false,
};

let clock: ManualClock;
let directory: Directory;
let access: Access;

beforeEach(() => {
  clock = new ManualClock(START);
  const keys = new SecretKeys(Secret.of('a key of at least thirty-two bytes'));
  directory = new Directory(config, keys);
  const verifier = new TokenVerifier(clock, createLogger({ level: 'silent', format: 'json' }), new Metrics(), {
    network: networkSettings(),
  });
  const portalTokens = new PortalTokens(directory, { isAccepted: async () => false }, keys, clock, new NoRedis());
  const bearerTokens = new BearerTokens(
    directory,
    verifier,
    portalTokens,
    new URL('https://identity.example.com'),
    clock,
    new NoRedis(),
  );
  access = new Access(directory, bearerTokens, clock);
});

describe('Access', () => {
  it('admits a caller for its tenant, with the credentials and hubs of that tenant [S-016, S-759]', () => {
    const { caller, tenant } = admit(by('billing'), 'integrations:write');
    expect(caller).toEqual({ id: 'billing', scopes: new Set(SCOPES) });
    expect(tenant).toEqual({
      id: 'acme',
      credentials: { clientId: 'client-acme', clientSecret: expect.any(Secret) },
      hubs: new Set([HUB]),
      visibility: expect.stringMatching(/^[\w-]{22}$/),
    });
  });

  it('leaves a tenant without listed hubs unrestricted [S-016]', () => {
    expect(admit(by('gateway', 'globex'), 'any').tenant).not.toHaveProperty('hubs');
  });

  it('throws 401 for an unknown key, and for the hash of a known one', () => {
    expect(problemOf(() => identify(by('unknown')))).toMatchObject({ code: 'unauthenticated' });
    const hash = keyHash(keyOf('billing'));
    expect(problemOf(() => identify(withHeaders({ 'x-api-key': hash })))).toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('accepts each key of a rotation until it expires, then treats it as unknown', async () => {
    await clock.advance(999);
    expect(identify(by('old')).caller.id).toBe('rotating');
    await clock.advance(1);
    expect(problemOf(() => identify(by('old')))).toEqual(problemOf(() => identify(by('unknown'))));
    expect(identify(by('new')).caller.id).toBe('rotating');
  });

  it('throws 403, naming the missing scope', () => {
    const problem = problemOf(() => admit(by('reader'), 'cache:purge'));
    expect(problem).toMatchObject({
      code: 'forbidden',
      details: { detail: 'The caller lacks the scope cache:purge.' },
    });
    expect(admit(by('reader'), 'integrations:read').tenant.id).toBe('acme');
    expect(admit(by('reader'), 'any').tenant.id).toBe('acme');
  });

  it.each([['gateway'], ['operator']])('throws 400 if %s, who may use several tenants, names none', (name) => {
    expect(problemOf(() => admit(by(name), 'any'))).toMatchObject({ code: 'tenant-required', status: 400 });
    expect(problemOf(() => admit(by(name, ''), 'any'))).toMatchObject({ code: 'tenant-required' });
  });

  it('requires a caller of every tenant to name one even while there is only one', async () => {
    await directory.replace({ ...config, tenants: [tenant('acme')], callers: [caller('operator', '*')] });
    expect(problemOf(() => admit(by('operator'), 'any'))).toMatchObject({ code: 'tenant-required' });
  });

  it.each([
    ['gateway', 'globex'],
    ['operator', 'initech'],
    ['billing', 'acme'],
  ])('lets %s act for %s if it names that tenant [S-759]', (name, named) => {
    expect(admit(by(name, named), 'any').tenant.id).toBe(named);
  });

  it.each(['billing', 'gateway'])(
    'gives %s the same 403 for a foreign tenant and for one that does not exist',
    (name) => {
      const foreign = problemOf(() => admit(by(name, 'initech'), 'any'));
      expect(foreign).toMatchObject({ code: 'forbidden', status: 403 });
      for (const named of ['umbrella', 'ACME', 'acme, acme', '__proto__', 'acme\0']) {
        expect(problemOf(() => admit(by(name, named), 'any'))).toEqual(foreign);
      }
    },
  );

  it('gives a caller of every tenant that same 403 for a tenant that does not exist', () => {
    expect(problemOf(() => admit(by('operator', 'umbrella'), 'any'))).toEqual(
      problemOf(() => admit(by('billing', 'initech'), 'any')),
    );
  });

  it('checks credentials, then tenant, then scope', () => {
    expect(problemOf(() => admit(by('unknown', 'initech'), 'cache:purge')).code).toBe('unauthenticated');
    const problem = problemOf(() => admit(by('reader', 'initech'), 'cache:purge'));
    expect(problem.details.detail).toBe('The caller may not act for this tenant.');
  });

  it('lets a caller of several tenants name none where none is needed, and checks one that it names', () => {
    const enter = (request: RequestHeaders, scope: Scope | 'any' = 'any') => {
      const principal = identify(request);
      return access.authoriseWithoutTenant(principal.caller, access.tenantOf(principal, request), request, scope);
    };
    expect(enter(by('gateway')).tenant).toBeUndefined();
    expect(enter(by('gateway', 'globex')).tenant?.id).toBe('globex');
    expect(enter(by('billing')).tenant?.id).toBe('acme');
    expect(problemOf(() => enter(by('gateway', 'initech')))).toMatchObject({ code: 'forbidden' });
    expect(problemOf(() => enter(by('reader'), 'cache:purge'))).toMatchObject({ code: 'forbidden' });
  });

  it('lists the tenants that a caller may name, at most a thousand', async () => {
    expect(access.namesOf(identify(by('gateway')).tenants)).toEqual(['acme', 'globex']);
    expect(access.namesOf('*')).toEqual(['acme', 'globex', 'initech']);
    const tenants = Array.from({ length: 1001 }, (_, number) => tenant(`t${number}`));
    await directory.replace({ ...config, tenants, callers: [] });
    expect(access.namesOf('*')).toHaveLength(1000);
  });

  it('applies a replaced file immediately and as a whole', async () => {
    await directory.replace({ ...config, tenants: [tenant('globex')], callers: [caller('new', ['globex'])] });
    expect(problemOf(() => identify(by('billing')))).toMatchObject({ code: 'unauthenticated' });
    expect(admit(by('new'), 'any').tenant.id).toBe('globex');
  });
});

/** A key is identified without waiting: a promise would slow down every cached read. */
function identify(request: RequestHeaders): Principal {
  const principal = access.identify(request, { address: '10.0.0.1', requestId: 'r1' });
  if (principal instanceof Promise) throw new Error('It was not known at once.');
  return principal;
}

function admit(request: RequestHeaders, scope: Scope | 'any'): AuthContext {
  const principal = identify(request);
  return access.authorise(principal.caller, access.tenantOf(principal, request), request, scope);
}

function tenant(id: string, hubs?: ReadonlySet<string>): TenantsConfig<Scope>['tenants'][number] {
  const hubster = { clientId: `client-${id}`, clientSecret: Secret.of(`secret-${id}`) };
  return { id, hubster, ...(hubs && { hubs }) };
}

function caller(id: string, tenants: readonly string[] | '*', scopes: readonly Scope[] = SCOPES): CallerConfig<Scope> {
  return { id, keys: [key(id)], tenants: tenants === '*' ? '*' : new Set(tenants), scopes: new Set(scopes) };
}

function key(name: string, expiresAt?: number): { hash: string; expiresAt?: number } {
  return { hash: keyHash(keyOf(name)), ...(expiresAt !== undefined && { expiresAt }) };
}

function keyOf(name: string): string {
  return `sd_key-of-${name}`;
}

function by(name: string, tenantId?: string) {
  return withHeaders({ 'x-api-key': keyOf(name), ...(tenantId !== undefined && { 'x-tenant-id': tenantId }) });
}

function withHeaders(headers: Readonly<Record<string, string>>) {
  return { headers, rawHeaders: Object.entries(headers).flat() };
}

/** The thrown problem as plain values, as Jest compares errors by their messages alone. */
function problemOf(act: () => unknown): Pick<Problem, 'code' | 'status' | 'details'> {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return { code: error.code, status: error.status, details: error.details };
    throw error;
  }
  throw new Error('No problem was thrown.');
}
