/**
 * Closes what Node opens by itself to whoever may signal the process. To be imported before anything else, as a process can be
 * signalled while it still loads.
 */

// A diagnostic report lists the environment, and with it every secret that came from there, whatever `NODE_OPTIONS` ask for.
if (process.report) {
  process.report.reportOnFatalError = false;
  process.report.reportOnSignal = false;
  process.report.reportOnUncaughtException = false;
}

// Without a listener the signal opens the inspector, through which the memory can be read.
process.on('SIGUSR1', () => undefined);

// Without one this ends the process at once, with the trail not sealed; tools that rotate logs send it.
process.on('SIGUSR2', () => undefined);

export {};
