import { Secret } from '../secrets/secret';
import { ByteQuota, quotaOwner } from './quota';

const caller = (id: string) => ({ id, scopes: new Set<never>() });
const tenant = (id: string) => ({
  id,
  credentials: { clientId: 'c', clientSecret: Secret.of('s') },
  visibility: id,
});
const passthrough = (id: string) => ({ id, credentials: { portalToken: Secret.of(id) }, visibility: id });

describe('ByteQuota [N2]', () => {
  const fill = (quota: ByteQuota, owner: { tenant: string; caller: string }): number => {
    let added = 0;
    for (; quota.allows(owner, 1); added += 1) quota.add(owner, 1);
    return added;
  };

  it('gives one caller a third, one tenant half, and each newcomer some of what is left', () => {
    const quota = new ByteQuota(900);
    expect(fill(quota, { tenant: 'acme', caller: 'one' })).toBe(300);
    expect(fill(quota, { tenant: 'acme', caller: 'other' })).toBe(100);
    for (let one = 0; one < 1000; one += 1) fill(quota, { tenant: 'acme', caller: `${one}` });
    expect(quota.used).toBeLessThanOrEqual(450);
    expect(fill(quota, { tenant: 'globex', caller: 'one' })).toBeGreaterThanOrEqual(150);
    expect(quota.used).toBeLessThanOrEqual(900);
  });

  it('gives back what was given back', () => {
    const quota = new ByteQuota(900);
    const owner = { tenant: 'acme', caller: 'one' };
    quota.add(owner, fill(quota, owner) * -1);
    expect(quota.used).toBe(0);
    expect(fill(quota, owner)).toBe(300);
  });

  it('charges all portal tokens as one tenant, however many there are', () => {
    const quota = new ByteQuota(900);
    for (let one = 0; one < 1000; one += 1) {
      fill(quota, quotaOwner({ tenant: passthrough(`own:${one}`), caller: caller('passthrough') }));
    }
    expect(quota.used).toBeLessThanOrEqual(450);
    expect(fill(quota, quotaOwner({ tenant: tenant('acme'), caller: caller('one') }))).toBeGreaterThanOrEqual(150);
  });

  it('charges requests without a tenant to a share of their own, caller by caller', () => {
    const owner = quotaOwner({ tenant: undefined, caller: caller('gateway') });
    expect(owner).toEqual({ tenant: '', caller: 'gateway' });
    expect(quotaOwner({ tenant: tenant('acme'), caller: caller('gateway') })).not.toEqual(owner);
  });
});
