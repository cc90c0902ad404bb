/** Ends a run with one plain line, so that CI and people can read the result at a glance. */
module.exports = class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const brokenSuites = results.numRuntimeErrorTestSuites;
    process.stdout.write(`\n${results.numPassedTests} passed, ${results.numFailedTests + brokenSuites} failed\n`);
  }
};
