import { parse } from 'yaml';
import { filesOfRepository, rowsOfTable, textOf } from '../support/repository';

interface SetVersion {
  readonly PLACES: readonly (readonly [file: string, pattern: RegExp])[];
  readonly datedChangelog: (changelog: string, version: string, date: string) => string;
}

const { PLACES, datedChangelog }: SetVersion = require('../support/release/set-version.cjs');
const { version }: { version: string } = JSON.parse(textOf('package.json'));

const CHANGELOG = textOf('CHANGELOG.md');

/** The releases of a changelog, the newest first. */
const releasesIn = (changelog: string) =>
  [...changelog.matchAll(/^## (\d+)\.(\d+)\.(\d+) - (\d{4}-\d\d-\d\d)$/gm)].map(
    ([, major, minor, patch, date = '']) => ({ version: `${major}.${minor}.${patch}`, date }),
  );

const headings = (changelog: string, level: string) =>
  changelog
    .split('\n')
    .filter((line) => line.startsWith(`${level} `))
    .map((line) => line.slice(level.length + 1));

describe('the version', () => {
  it('is the same in package, lock, API, collection and changelog [S-844]', () => {
    const lock: { version: string; packages: Record<string, { version: string }> } = JSON.parse(
      textOf('package-lock.json'),
    );
    const stated = {
      lock: lock.version,
      root: lock.packages['']?.version,
      api: parse(textOf('docs/openapi.yaml')).info.version,
      collection: JSON.parse(textOf('docs/postman.json')).info.version,
      changelog: releasesIn(CHANGELOG)[0]?.version,
    };
    expect(stated).toEqual({ lock: version, root: version, api: version, collection: version, changelog: version });
  });

  it.each(PLACES)('is written by hand in %s, where a release finds it [S-844]', (file, pattern) => {
    const found = textOf(file).match(pattern) ?? [];
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found)).toEqual(new Set([version]));
    const next = textOf(file).replaceAll(pattern, '12.3.4');
    expect(next.match(pattern)).toEqual(found.map(() => '12.3.4'));
  });

  it('is written in no other file of docker, docs and the README [S-844]', () => {
    const generated = ['docs/openapi.yaml', 'docs/postman.json'];
    const files = filesOfRepository().filter((file) => /^(docker\/|docs\/|README)/.test(file));
    const named = files.filter((file) => /\bstagedoor\S*\b\d+\.\d+\.\d+\b/.test(textOf(file)));
    const known = [...generated, ...PLACES.map(([file]) => file)];
    expect(named.filter((file) => !known.includes(file))).toEqual([]);
  });
});

describe('CHANGELOG.md', () => {
  it('has the form of Keep a Changelog: what is not released first, then releases, the newest first [S-844]', () => {
    const releases = releasesIn(CHANGELOG);
    expect(headings(CHANGELOG, '##')).toEqual([
      'Unreleased',
      ...releases.map((release) => `${release.version} - ${release.date}`),
    ]);
    const dates = releases.map(({ date }) => date);
    expect([...dates].sort().reverse()).toEqual(dates);
    const kinds = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
    expect(headings(CHANGELOG, '###').filter((kind) => !kinds.includes(kind))).toEqual([]);
    for (const section of CHANGELOG.split(/^## /m)) {
      const used = headings(section, '###');
      expect(new Set(used).size).toBe(used.length);
    }
  });

  it('gets a release of what is under Unreleased, which is empty then [S-844]', () => {
    const released = datedChangelog('# Changelog\n\n## Unreleased\n\n### Added\n\n- A thing.\n', '1.2.3', '2027-01-02');
    expect(released).toBe('# Changelog\n\n## Unreleased\n\n## 1.2.3 - 2027-01-02\n\n### Added\n\n- A thing.\n');
  });
});

describe('.github/SECURITY.md', () => {
  it('says that the major version of today gets fixes [S-844]', () => {
    const [newest] = rowsOfTable(textOf('.github/SECURITY.md'), 'version');
    expect(newest?.[0]).toBe(`${version.split('.')[0]}.x, its latest release`);
    expect(newest?.[1]).toMatch(/^yes/);
  });
});
