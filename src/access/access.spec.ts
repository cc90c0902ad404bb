import { ManualClock } from '../../test/support/manual-clock';
import { keyHash } from '../config/key-hash';
import type { CallerConfig, TenantsConfig } from '../config/tenants/tenants-config';
import { SCOPES, type Scope } from '../context/scope';
import { Problem } from '../problems/problem';
import { Secret } from '../secrets/secret';
import { SecretKeys } from '../secrets/secret-keys';
import { Access, type AuthContext } from './access';
import type { RequestHeaders } from './credentials';
import { Directory } from './directory';
import type { Principal } from './principal';
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
  const verifier = new TokenVerifier(clock, async () => undefined);
  const portalTokens = new PortalTokens(directory, { isAccepted: async () => false }, keys, clock);
  const bearerTokens = new BearerTokens(directory, verifier, portalTokens, () => true, clock);
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

  it('answers 401 to a key it does not know, and to the hash of one it knows', () => {
    expect(refusal(() => identify(by('stranger')))).toMatchObject({ code: 'unauthenticated' });
    const hash = keyHash(keyOf('billing'));
    expect(refusal(() => identify(withHeaders({ 'x-api-key': hash })))).toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('takes each key of a rotation until it expires, then answers as to an unknown one', async () => {
    await clock.advance(999);
    expect(identify(by('old')).caller.id).toBe('rotating');
    await clock.advance(1);
    expect(refusal(() => identify(by('old')))).toEqual(refusal(() => identify(by('stranger'))));
    expect(identify(by('new')).caller.id).toBe('rotating');
  });

  it('answers 403 naming the scope that is missing', () => {
    const problem = refusal(() => admit(by('reader'), 'cache:purge'));
    expect(problem).toMatchObject({
      code: 'forbidden',
      details: { detail: 'The caller lacks the scope cache:purge.' },
    });
    expect(admit(by('reader'), 'integrations:read').tenant.id).toBe('acme');
    expect(admit(by('reader'), 'any').tenant.id).toBe('acme');
  });

  it.each([['gateway'], ['operator']])('asks %s, who may use several tenants, for one: 400', (name) => {
    expect(refusal(() => admit(by(name), 'any'))).toMatchObject({ code: 'tenant-required', status: 400 });
    expect(refusal(() => admit(by(name, ''), 'any'))).toMatchObject({ code: 'tenant-required' });
  });

  it('asks a caller of every tenant for one even while there is one only', async () => {
    await directory.replace({ ...config, tenants: [tenant('acme')], callers: [caller('operator', '*')] });
    expect(refusal(() => admit(by('operator'), 'any'))).toMatchObject({ code: 'tenant-required' });
  });

  it.each([
    ['gateway', 'globex'],
    ['operator', 'initech'],
    ['billing', 'acme'],
  ])('lets %s act for %s, which it names [S-759]', (name, named) => {
    expect(admit(by(name, named), 'any').tenant.id).toBe(named);
  });

  it.each(['billing', 'gateway'])('answers %s the same 403 for a foreign tenant and for none that exists', (name) => {
    const foreign = refusal(() => admit(by(name, 'initech'), 'any'));
    expect(foreign).toMatchObject({ code: 'forbidden', status: 403 });
    for (const named of ['umbrella', 'ACME', 'acme, acme', '__proto__', 'acme\0']) {
      expect(refusal(() => admit(by(name, named), 'any'))).toEqual(foreign);
    }
  });

  it('answers a caller of every tenant that same 403 for one that does not exist', () => {
    expect(refusal(() => admit(by('operator', 'umbrella'), 'any'))).toEqual(
      refusal(() => admit(by('billing', 'initech'), 'any')),
    );
  });

  it('checks credentials, then tenant, then scope', () => {
    expect(refusal(() => admit(by('stranger', 'initech'), 'cache:purge')).code).toBe('unauthenticated');
    const problem = refusal(() => admit(by('reader', 'initech'), 'cache:purge'));
    expect(problem.details.detail).toBe('The caller may not act for this tenant.');
  });

  it('knows what a replaced file says, at once and nothing else', async () => {
    await directory.replace({ ...config, tenants: [tenant('globex')], callers: [caller('new', ['globex'])] });
    expect(refusal(() => identify(by('billing')))).toMatchObject({ code: 'unauthenticated' });
    expect(admit(by('new'), 'any').tenant.id).toBe('globex');
  });
});

/** With a key there is nothing to wait for: a promise would be a step back for every cached read. */
function identify(request: RequestHeaders): Principal {
  const principal = access.identify(request, { address: '10.0.0.1', requestId: 'r1' });
  if (principal instanceof Promise) throw new Error('It was not known at once.');
  return principal;
}

function admit(request: RequestHeaders, scope: Scope | 'any'): AuthContext {
  return access.admit(request, scope);
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

/** What was refused, as plain values: Jest compares errors by their message alone. */
function refusal(act: () => unknown): Pick<Problem, 'code' | 'status' | 'details'> {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return { code: error.code, status: error.status, details: error.details };
    throw error;
  }
  throw new Error('It was not refused.');
}
