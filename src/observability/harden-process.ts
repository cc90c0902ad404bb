/**
 * Disables debugging features of Node that a signal would activate. Must be imported first, because a signal may arrive while the process
 * still loads.
 */

// A diagnostic report contains the environment with its secrets, so it is disabled even if `NODE_OPTIONS` enable it.
if (process.report) {
  process.report.reportOnFatalError = false;
  process.report.reportOnSignal = false;
  process.report.reportOnUncaughtException = false;
}

// Without a listener the signal starts the inspector, which gives access to the memory.
process.on('SIGUSR1', () => undefined);

// Without a listener the signal, which log rotation tools send, ends the process at once, without sealing the audit trail.
process.on('SIGUSR2', () => undefined);

export {};
