/** Every test of the repository: unit specs beside their file, the suites of test/ over the running service. */
module.exports = {
  rootDir: '..',
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  moduleFileExtensions: ['ts', 'mts', 'js', 'mjs', 'cjs', 'json', 'node'],
  // Nest, jose and others are ES modules, which Jest cannot require() before Node 24.9: all are compiled to CommonJS.
  transform: {
    '\\.[cm]?[jt]s$': '<rootDir>/test/support/swc-transform.cjs',
    '\\.yaml$': '<rootDir>/test/support/yaml-transform.cjs',
  },
  transformIgnorePatterns: [],
  // `stagedoor` imports its commands when they are called, by the names that they have when they are built.
  moduleNameMapper: { '(.+\\.command)\\.js$': '$1' },
  setupFiles: ['reflect-metadata'],
  reporters: ['default', '<rootDir>/test/support/closing-line-reporter.cjs'],
  maxWorkers: 2,
  // Generous: what starts processes or a browser shares two cores with the rest.
  testTimeout: 30_000,
};
