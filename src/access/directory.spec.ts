import { parseTenantsFile } from '../config/tenants/parse-tenants-file';
import { SCOPES } from '../context/caller';
import { Secret } from '../secrets/secret';
import { SecretKeys } from '../secrets/secret-keys';
import { Directory } from './directory';

const hashOf = (caller: number) => caller.toString(16).padStart(64, '0');

describe('Directory', () => {
  it('finds each of 200 tenants and 1,000 callers of one file with one look-up', () => {
    const tenants = Array.from(
      { length: 200 },
      (_, tenant) => `  - { id: t${tenant}, hubster: { clientId: c${tenant}, clientSecret: { env: SECRET } } }`,
    );
    const callers = Array.from(
      { length: 1000 },
      (_, caller) =>
        `  - { id: c${caller}, keyHash: "sha256:${hashOf(caller)}", tenants: [t${caller % 200}], scopes: [audit:read] }`,
    );
    const text = ['tenants:', ...tenants, 'callers:', ...callers].join('\n');
    const config = parseTenantsFile(text, { env: { SECRET: 'secret' }, readFile: () => '', scopes: SCOPES });
    const directory = new Directory(config, new SecretKeys(Secret.of('a key of at least thirty-two bytes')));
    for (let caller = 0; caller < 1000; caller += 1) {
      const principal = directory.principalOf(hashOf(caller));
      expect([principal?.caller.id, principal?.soleTenant?.id]).toEqual([`c${caller}`, `t${caller % 200}`]);
    }
    expect(directory.principalOf(hashOf(1000))).toBeUndefined();
  });
});
