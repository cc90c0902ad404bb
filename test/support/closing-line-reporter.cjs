/** Ends the output of a run with one line that has the counts. */
module.exports = class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const brokenSuites = results.numRuntimeErrorTestSuites;
    process.stdout.write(`\n${results.numPassedTests} passed, ${results.numFailedTests + brokenSuites} failed\n`);
  }
};
