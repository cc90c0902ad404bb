const { createHash } = require('node:crypto');
const { existsSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { transformSync, version } = require('@swc/core');

const THIS_FILE = readFileSync(__filename, 'utf8');

/** Whether the nearest package.json declares `"type": "module"`, per folder. */
const moduleFolders = new Map();

function isModuleFolder(folder) {
  const known = moduleFolders.get(folder);
  if (known !== undefined) return known;
  const manifest = join(folder, 'package.json');
  const parent = dirname(folder);
  const type = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).type : undefined;
  // A nested package.json without a name (dist/esm/package.json) only sets the type; one without a type counts, too.
  const isModule = existsSync(manifest) ? type === 'module' : parent !== folder && isModuleFolder(parent);
  moduleFolders.set(folder, isModule);
  return isModule;
}

const isTypeScript = (file) => file.endsWith('.ts') && !file.endsWith('.d.ts');
const isEsModule = (file) => file.endsWith('.mjs') || (file.endsWith('.js') && isModuleFolder(dirname(file)));

/** It loads Node's http by a dynamic import, which Jest has only in ES modules. */
const isOtlpExporter = (file) => file.includes('/@opentelemetry/otlp-exporter-base/');

/** Compiles TypeScript and ES-module packages to CommonJS; leaves CommonJS packages as they are. */
module.exports = {
  process(source, file) {
    if (!isTypeScript(file) && !isEsModule(file) && !isOtlpExporter(file)) return { code: source };
    return transformSync(source, {
      filename: file,
      // Only for our code: a map is larger than the code it belongs to, and each spec file reads all of it.
      sourceMaps: isTypeScript(file) ? 'inline' : false,
      configFile: false,
      swcrc: false,
      module: { type: 'commonjs' },
      jsc: {
        target: 'es2023',
        parser: isTypeScript(file) ? { syntax: 'typescript', decorators: true } : { syntax: 'ecmascript' },
        transform: {
          legacyDecorator: true,
          decoratorMetadata: true,
          useDefineForClassFields: false,
          hidden: { jest: true },
        },
      },
    });
  },
  getCacheKey(source, file, { configString }) {
    return createHash('sha256').update([version, file, source, configString, THIS_FILE].join('\0')).digest('hex');
  },
};
