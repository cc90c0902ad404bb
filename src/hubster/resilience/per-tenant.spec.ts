import { tenantNamed } from '../../../test/support/hubster/calls';
import { Secret } from '../../secrets/secret';
import { PerTenant } from './per-tenant';

describe('PerTenant [N2]', () => {
  it('keeps one value a tenant', () => {
    const table = new PerTenant(() => ({}));
    expect(table.get(tenantNamed('acme'))).toBe(table.get(tenantNamed('acme')));
    expect(table.get(tenantNamed('acme'))).not.toBe(table.get(tenantNamed('globex')));
  });

  it('evicts only passthrough callers for callers with invented tokens', () => {
    const table = new PerTenant(() => ({}));
    const own = (id: number) => ({
      id: `own-${id}`,
      credentials: { portalToken: Secret.of(`${id}`) },
      visibility: `${id}`,
    });
    const acme = table.get(tenantNamed('acme'));
    const first = table.get(own(0));
    for (let id = 1; id <= 20_000; id += 1) table.get(own(id));
    expect(table.get(tenantNamed('acme'))).toBe(acme);
    expect(table.get(own(0))).not.toBe(first);
    expect(table.configured()).toEqual([acme]);
  });

  it('keeps separate values for a tenant and a passthrough caller of the same id', () => {
    const table = new PerTenant(() => ({}));
    const own = { id: 'acme', credentials: { portalToken: Secret.of('t') }, visibility: 'own' };
    expect(table.get(own)).not.toBe(table.get(tenantNamed('acme')));
  });
});
