/**
 * Keeps Node from writing diagnostic reports, whatever `NODE_OPTIONS` ask for: a report lists the environment, and with it every
 * secret that came from there. To be called before anything is read.
 */
export function withholdReports(): void {
  if (!process.report) return;
  process.report.reportOnFatalError = false;
  process.report.reportOnSignal = false;
  process.report.reportOnUncaughtException = false;
}
