// Part of `npm version`: writes the new version wherever somebody wrote the old one, and dates the changelog.
const { readFileSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const ROOT = resolve(__dirname, '../../..');

/** Where somebody wrote the version by hand, as patterns that match it alone. Other places derive it from package.json. */
const PLACES = [
  ['docker/kubernetes/base/deployment.yaml', /(?<=image: stagedoor:)\S+/g],
  ['docker/kubernetes/example/kustomization.yaml', /(?<=newTag: |\?ref=v)\S+/g],
  ['docs/clients.md', /(?<=`stagedoor-)[\d.]+(?=\.tgz`)/g],
];

/** What is under "Unreleased" becomes the version of this day. */
const datedChangelog = (changelog, version, date) =>
  changelog.replace(/^## Unreleased$/m, `## Unreleased\n\n## ${version} - ${date}`);

function setVersion(version, date) {
  const change = (file, edit) => writeFileSync(join(ROOT, file), edit(readFileSync(join(ROOT, file), 'utf8')));
  for (const [file, pattern] of PLACES) change(file, (text) => text.replaceAll(pattern, version));
  change('CHANGELOG.md', (text) => datedChangelog(text, version, date));
}

module.exports = { PLACES, datedChangelog };

if (require.main === module)
  setVersion(require('../../../package.json').version, new Date().toISOString().slice(0, 10));
