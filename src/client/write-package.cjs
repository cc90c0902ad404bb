// Makes dist/client a package of its own: `stagedoor` with nothing but `stagedoor/client`, so without dependencies.
const { copyFileSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const ROOT = resolve(__dirname, '../..');
const PACKAGE = join(ROOT, 'dist/client');

const writeJson = (file, value) => writeFileSync(join(PACKAGE, file), `${JSON.stringify(value, undefined, 2)}\n`);

const { name, version, license, engines, exports: exported } = require('../../package.json');

writeJson('package.json', {
  name,
  version,
  description: 'Client of Stagedoor, for Node and browsers',
  license,
  engines,
  sideEffects: false,
  exports: JSON.parse(JSON.stringify(exported).replaceAll('./dist/client/', './')),
});
writeJson('esm/package.json', { type: 'module', sideEffects: false });
writeJson('cjs/package.json', { type: 'commonjs', sideEffects: false });
copyFileSync(join(ROOT, 'LICENSE'), join(PACKAGE, 'LICENSE'));
copyFileSync(join(__dirname, 'README.md'), join(PACKAGE, 'README.md'));
