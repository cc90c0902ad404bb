import { tenantNamed } from '../../../test/support/hubster/calls';
import { Secret } from '../../secrets/secret';
import { PerTenant } from './policy';

describe('PerTenant [N2]', () => {
  it('keeps one value a tenant', () => {
    const table = new PerTenant(() => ({}));
    expect(table.of(tenantNamed('acme'))).toBe(table.of(tenantNamed('acme')));
    expect(table.of(tenantNamed('acme'))).not.toBe(table.of(tenantNamed('globex')));
  });

  it('evicts only passthrough callers for callers with invented tokens', () => {
    const table = new PerTenant(() => ({}));
    const own = (id: number) => ({
      id: `own-${id}`,
      credentials: { portalToken: Secret.of(`${id}`) },
      visibility: `${id}`,
    });
    const acme = table.of(tenantNamed('acme'));
    const first = table.of(own(0));
    for (let id = 1; id <= 20_000; id += 1) table.of(own(id));
    expect(table.of(tenantNamed('acme'))).toBe(acme);
    expect(table.of(own(0))).not.toBe(first);
    expect(table.configured()).toEqual([acme]);
  });

  it('keeps separate values for a tenant and a passthrough caller of the same id', () => {
    const table = new PerTenant(() => ({}));
    const own = { id: 'acme', credentials: { portalToken: Secret.of('t') }, visibility: 'own' };
    expect(table.of(own)).not.toBe(table.of(tenantNamed('acme')));
  });
});
