// The command for the scripts of npm: what is built, and never a build.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const BUILT = join(__dirname, '../../dist/cli/stagedoor.js');

if (existsSync(BUILT)) require(BUILT);
else {
  process.stderr.write('Stagedoor is not built: run `npm run build` first.\n');
  process.exitCode = 2;
}
