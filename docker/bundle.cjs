const { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { readFile } = require('node:fs/promises');
const { dirname, join, relative } = require('node:path');
const { decode, encode } = require('@jridgewell/sourcemap-codec');
const esbuild = require('esbuild');

const ROOT = join(__dirname, '..');
/** What the image has as /app: programs at their places in `dist`, and the files that these read. */
const BUNDLE = join(ROOT, 'dist/bundle');

/** Programs and workers of `dist`. Each becomes one file. */
const COMMAND = 'cli/stagedoor';
const ENTRIES = ['main', COMMAND, 'config/tenants/tenants.worker'];

/** What programs read from the disk. */
const FILES = [
  'LICENSE',
  'dist/api/pages/assets',
  ...['package.json', 'swagger-ui-bundle.js', 'swagger-ui.css'].map((name) => `node_modules/swagger-ui-dist/${name}`),
];

/** Loaded from the disk, or only by what is not used here. */
const EXTERNAL = [
  'swagger-ui-dist',
  // What `stagedoor start` runs, which is a program of its own.
  '../main.js',
  ...['microservices', 'platform-express', 'websockets'].map((name) => `@nestjs/${name}`),
  ...['multipart', 'static', 'view'].map((name) => `@fastify/${name}`),
  'pg-native',
];

/** Bundles `npm run build`, and returns the packages that are in it. */
async function bundle() {
  rmSync(BUNDLE, { recursive: true, force: true });
  const packages = new Set(['node_modules/swagger-ui-dist']);
  for (const entry of ENTRIES) {
    const file = join(BUNDLE, 'dist', `${entry}.js`);
    const inputs = await bundleEntry(entry, file);
    for (const input of inputs) packages.add(packageOf(input));
    writeFileSync(file, ascii(readFileSync(file, 'utf8')));
    const map = JSON.parse(readFileSync(`${file}.map`, 'utf8'));
    writeFileSync(`${file}.map`, JSON.stringify(ownLinesOf(map)));
  }
  packages.delete(undefined);
  chmodSync(join(BUNDLE, 'dist', `${COMMAND}.js`), 0o755);
  cpSync(join(__dirname, 'stack-traces.cjs'), join(BUNDLE, 'stack-traces.cjs'));
  for (const file of FILES) cpSync(join(ROOT, file), join(BUNDLE, file), { recursive: true });
  writePackage();
  writeFileSync(join(BUNDLE, 'LICENSES-OF-PACKAGES'), [...packages].sort().map(licenseOf).join('\n'));
}

async function bundleEntry(entry, outfile) {
  const { metafile } = await esbuild.build({
    absWorkingDir: ROOT,
    // What the compiler of TypeScript wrote, as Nest needs the types of parameters at run time.
    entryPoints: [`dist/${entry}.js`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: EXTERNAL,
    banner: { js: bannerOf(entry) },
    // Some packages are ES modules.
    define: { 'import.meta.url': 'bundleUrl' },
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    plugins: [{ name: 'folders', setup: (build) => keepFolders(build, dirname(`dist/${entry}`)) }],
  });
  return Object.keys(metafile.inputs);
}

const bannerOf = (entry) => {
  const root = relative(dirname(`dist/${entry}`), '.');
  return `"use strict"; require("${root}/stack-traces.cjs").nameSources(__filename); const bundleUrl = require("node:url").pathToFileURL(__filename).href;`;
};

/** `__dirname` of a module stays its folder in `dist`. */
function keepFolders({ onLoad }, from) {
  onLoad({ filter: /\/dist\/.*\.js$/ }, async ({ path }) => {
    if (!path.startsWith(join(ROOT, 'dist/'))) return undefined;
    const folder = JSON.stringify(relative(join(ROOT, from), dirname(path)));
    const text = await readFile(path, 'utf8');
    return { contents: text.replaceAll(/\b__dirname\b/g, `require("node:path").join(__dirname, ${folder})`) };
  });
}

/** Comments and regular expressions of packages have the only characters that are not ASCII; with one of them, a text takes twice the memory. */
const ascii = (text) =>
  text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * The source map of our own files, by lines. Node decodes it at the first stack trace and keeps it: with all packages and columns it would
 * block the event loop for long, and take 60 MB.
 */
function ownLinesOf({ sources, mappings, ...map }) {
  const places = new Map();
  sources.forEach((source, index) => {
    if (/^(\.\.\/)+src\//.test(source)) places.set(index, places.size);
  });
  let wasOwn = false;
  const lines = decode(mappings).map(([first]) => {
    if (first === undefined) return [];
    const [column, source, line] = first;
    const isOwn = places.has(source);
    // Without its end, what follows would be taken for a part of the file before.
    const segments = isOwn ? [[column, places.get(source), line, 0]] : wasOwn ? [[0]] : [];
    wasOwn = isOwn;
    return segments;
  });
  return {
    ...map,
    sources: [...places.keys()].map((index) => sources[index].replace(/^(\.\.\/)+/, '')),
    names: [],
    mappings: encode(lines),
  };
}

function writePackage() {
  const { name, version, description, license, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  writeFileSync(
    join(BUNDLE, 'package.json'),
    `${JSON.stringify({ name, version, description, license, bin }, null, 2)}\n`,
  );
}

const packageOf = (file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0];

/** The bundle has the code of other packages without the files of their licences. */
function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  const files = readdirSync(join(ROOT, folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(join(ROOT, folder, file), 'utf8').trim());
  return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}

bundle().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
