import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { ROOT, textOf } from '../support/repository';

interface Package {
  readonly version?: string;
  readonly dev?: boolean;
  readonly license?: string;
}

interface Component {
  readonly 'bom-ref': string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly { readonly license?: { readonly id: string }; readonly expression?: string }[];
}

interface Sbom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const LOCK: { readonly packages: Readonly<Record<string, Package>> } = JSON.parse(textOf('package-lock.json'));

/** Each path below node_modules of the lock that is not for development alone. */
const PRODUCTION = Object.entries(LOCK.packages).filter(([path, { dev }]) => path !== '' && dev !== true);

const nameOf = (path: string) => path.replace(/.*node_modules\//, '');

const sbom: Sbom = JSON.parse(
  execFileSync('npm', ['run', '--silent', 'sbom'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 }),
);

/** Reads a schema that the CycloneDX project publishes, from its library. */
function schemaOf(name: string): object {
  const library = dirname(require.resolve('@cyclonedx/cyclonedx-library/package.json'));
  return require(join(library, 'res/schema', `${name}.SNAPSHOT.schema.json`));
}

describe('the bill of materials', () => {
  it('has every production package of the lock, and no other [S-843]', () => {
    const expected = new Set(PRODUCTION.map(([path, { version }]) => `${nameOf(path)}@${version}`));
    const listed = sbom.components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`);
    expect(listed.length).toBeGreaterThan(100);
    expect([...listed].sort()).toEqual([...expected].sort());
  });

  it('says of each why it is there: something that is there depends on it [S-843]', () => {
    const dependsOn = new Map(sbom.dependencies.map((each) => [each.ref, each.dependsOn]));
    const reached = new Set<string>([sbom.metadata.component['bom-ref']]);
    for (const ref of reached) for (const next of dependsOn.get(ref) ?? []) reached.add(next);
    const listed = [sbom.metadata.component, ...sbom.components].map((component) => component['bom-ref']);
    expect([...reached].sort()).toEqual([...listed].sort());
  });

  it('has the address, licence and SHA-512 digest of each [S-843]', () => {
    for (const { name, version, purl, hashes = [], licenses = [] } of sbom.components) {
      expect(purl).toMatch(new RegExp(`^pkg:npm/(%40[\\w.-]+/)?${name}@${version}$`));
      expect(hashes).toEqual([{ alg: 'SHA-512', content: expect.stringMatching(/^[\da-f]{128}$/) }]);
      expect(licenses).toHaveLength(1);
    }
  });

  it('is valid by the schema of CycloneDX 1.6, which notices a fault [S-843]', () => {
    const ajv = new Ajv({ strict: false });
    addFormats(ajv);
    for (const name of ['spdx', 'jsf-0.82'])
      ajv.addSchema(schemaOf(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
    // Ajv has no such format; the document has no such value.
    for (const format of ['iri-reference', 'idn-email']) ajv.addFormat(format, true);
    const validate = ajv.compile(schemaOf('bom-1.6'));
    expect(validate(sbom)).toBe(true);
    const [first] = sbom.components;
    for (const fault of [{ purls: 'x' }, { type: 'package' }, { licenses: [{ license: { id: 'None' } }] }])
      expect(validate({ ...sbom, components: [{ ...first, ...fault }] })).toBe(false);
  });
});

/** They allow use, change and distribution with a notice alone. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

/** Other licences, each of one package, with the reason why it may be there. */
const EXCEPTIONS: Readonly<Record<string, readonly [licence: string, reason: string]>> = {
  argparse: ['Python-2.0', 'permissive; of js-yaml, with which @nestjs/swagger writes YAML'],
  'lru-cache': ['BlueOak-1.0.0', 'permissive, and accepted by the Open Source Initiative'],
};

describe('the licence of each production package', () => {
  const licences = sbom.components.map(({ group, name, licenses: [declared] = [] }) => {
    return [`${group ? `${group}/` : ''}${name}`, declared?.license?.id ?? declared?.expression ?? 'none'] as const;
  });

  it('is allowed, or has a reason [S-843]', () => {
    const others = licences.filter(([, licence]) => !ALLOWED.includes(licence));
    const excepted = Object.entries(EXCEPTIONS).map(([name, [licence]]) => [name, licence]);
    expect(others.sort()).toEqual(excepted.sort());
  });

  it('is the one that its package declares [S-843]', () => {
    const declared = PRODUCTION.map(([path]) => {
      const { license, licenses }: { license?: string; licenses?: readonly { type: string }[] } = JSON.parse(
        textOf(join(path, 'package.json')),
      );
      return `${nameOf(path)} ${license ?? licenses?.map(({ type }) => type).join(' OR ')}`;
    });
    expect(new Set(licences.map((each) => each.join(' ')))).toEqual(new Set(declared));
  });
});
