import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { banner, readEnvironment } from './sandbox-environment';

const TENANT = { name: 'a', clientId: 'c', clientSecret: 'hidden', hubs: ['3bc1e69f-c520-446f-ab2c-01751fd66a31'] };

describe('The environment of the sandbox', () => {
  it('has the documented defaults', () => {
    expect(readEnvironment({})).toEqual({ host: '127.0.0.1', port: 3001, quirks: true, tenants: undefined });
  });

  it('ignores a Kubernetes service link in SANDBOX_PORT', () => {
    expect(readEnvironment({ SANDBOX_PORT: 'tcp://10.0.0.1:80' }).port).toBe(3001);
  });

  it('reads host, port and quirks', () => {
    const read = readEnvironment({ SANDBOX_HOST: '::1', SANDBOX_PORT: '0', SANDBOX_QUIRKS: 'off' });
    expect(read).toMatchObject({ host: '::1', port: 0, quirks: false });
  });

  it('reads tenants from JSON or from a file', () => {
    const json = JSON.stringify([TENANT]);
    expect(readEnvironment({ SANDBOX_TENANTS: json }).tenants).toEqual([TENANT]);
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
    const path = join(folder, 'tenants.json');
    writeFileSync(path, json);
    expect(readEnvironment({ SANDBOX_TENANTS: path }).tenants).toEqual([TENANT]);
    rmSync(folder, { recursive: true });
  });

  it('reports all errors at once, without values', () => {
    const variables = {
      SANDBOX_PORT: '65536',
      SANDBOX_QUIRKS: 'some',
      SANDBOX_TENANTS: JSON.stringify([{ ...TENANT, hubs: 1 }]),
    };
    expect(() => readEnvironment(variables)).toThrow(
      /^SANDBOX_PORT: .+\nSANDBOX_QUIRKS: .+\nSANDBOX_TENANTS: tenants\[0\]\.hubs must be/,
    );
    expect(() => readEnvironment(variables)).not.toThrow(/hidden|65536|some/);
  });

  it.each(['nowhere.json', '[{]', '[{"name":"a"}]'])('rejects %s as tenants', (text) => {
    expect(() => readEnvironment({ SANDBOX_TENANTS: text })).toThrow(/^SANDBOX_TENANTS: /);
  });
});

describe('The banner', () => {
  const sandbox = { url: 'http://127.0.0.1:3001', tenants: [TENANT] };

  it('prints demo secrets, which are random', () => {
    expect(banner(sandbox, { demo: true, quirks: true })).toContain('hidden');
  });

  it('never prints configured secrets [N1]', () => {
    expect(banner(sandbox, { demo: false, quirks: true })).not.toContain('hidden');
  });
});
