// Prints a bill of materials (CycloneDX 1.6) of all production packages: `npm run --silent sbom > stagedoor.cdx.json`.
const { readFileSync } = require('node:fs');
const { resolve } = require('node:path');

const LOCK = resolve(__dirname, '../../../package-lock.json');

/** Licences of packages that declare them in a form of old, which npm does not copy into the lock. */
const DECLARED_IN_OLD_FORM = { busboy: 'MIT', streamsearch: 'MIT' };

const INSTALLED = 'node_modules/';

/**
 * What `packages` of package-lock.json has, but for packages of development: each name and version once, with licence, digest of the
 * tarball, and what it depends on. The same lock gives the same text.
 */
function sbomOf({ packages }) {
  const [root, ...others] = Object.keys(packages)
    .filter((path) => !packages[path].dev)
    .map((path) => ({ ...identityOf(path, packages[path]), path }));
  const components = new Map(others.map((each) => [each.purl, componentOf(each, packages[each.path])]));
  const dependencies = new Map();
  for (const { purl, path } of [root, ...others]) {
    const found = dependenciesOf(path, packages).map((target) => identityOf(target, packages[target]).purl);
    dependencies.set(purl, [...new Set([...(dependencies.get(purl) ?? []), ...found])].sort());
  }
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'pre-build' }],
      component: { ...componentOf(root, packages[root.path]), type: 'application' },
    },
    components: [...components.values()],
    dependencies: [...dependencies].map(([ref, dependsOn]) => ({ ref, dependsOn })),
  };
}

function identityOf(path, { name: own, version }) {
  const name = own ?? path.slice(path.lastIndexOf(INSTALLED) + INSTALLED.length);
  return { name, version, purl: `pkg:npm/${name.replace('@', '%40')}@${version}` };
}

function componentOf({ name: full, version, purl }, { integrity, license = DECLARED_IN_OLD_FORM[full] }) {
  const [name, group] = full.split('/').reverse();
  return {
    type: 'library',
    'bom-ref': purl,
    ...(group && { group }),
    name,
    version,
    ...(integrity && { hashes: [hashOf(integrity)] }),
    ...(license && { licenses: [/[ (]/.test(license) ? { expression: license } : { license: { id: license } }] }),
    purl,
  };
}

/** Subresource integrity, as npm has it. */
function hashOf(integrity) {
  const [algorithm, digest] = integrity.split('-');
  return { alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(digest, 'base64').toString('hex') };
}

/** The paths of what a package requires, and of optional packages and peers that are there, as Node finds them. */
function dependenciesOf(path, packages) {
  const { dependencies, optionalDependencies, peerDependencies } = packages[path];
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).flatMap((name) => {
    for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf(INSTALLED) - 1))) {
      const candidate = `${folder && `${folder}/`}${INSTALLED}${name}`;
      if (packages[candidate]) return packages[candidate].dev ? [] : [candidate];
      if (folder === '') break;
    }
    if (dependencies?.[name]) throw new Error(`package-lock.json has no ${name}, which ${path} requires.`);
    return [];
  });
}

module.exports = { sbomOf };

if (require.main === module) console.log(JSON.stringify(sbomOf(JSON.parse(readFileSync(LOCK, 'utf8'))), undefined, 2));
