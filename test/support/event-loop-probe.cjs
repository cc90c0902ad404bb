/**
 * Preloaded into a service under test: measures for how long single ticks hold its event loop, and serves the longest since the last
 * request, in milliseconds, on the loopback port PROBE_PORT.
 *
 * A tick counts with the CPU time of the main thread: a process that waits for a core holds nobody's loop but its own machine's, and
 * helper threads of V8 hold none. Where Linux does not tell it, with the CPU time of the process. Never with more than its wall time.
 */
const { openSync, readSync } = require('node:fs');
const { createServer } = require('node:http');
const { isMainThread } = require('node:worker_threads');

const { PROBE_PORT } = process.env;
const cpuMs = cpuOfMainThread() ?? cpuOfProcess;
let [wall, cpu, longest] = [performance.now(), cpuMs(), 0];

/** The first number of schedstat (proc_pid_schedstat(5)): nanoseconds on a CPU. */
function cpuOfMainThread() {
  try {
    const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
    const bytes = Buffer.alloc(64);
    return () => Number.parseInt(bytes.latin1Slice(0, readSync(file, bytes, 0, bytes.length, 0)), 10) / 1e6;
  } catch {
    return undefined;
  }
}

function cpuOfProcess() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

function measure() {
  longest = Math.max(longest, Math.min(performance.now() - wall, cpuMs() - cpu));
  [wall, cpu] = [performance.now(), cpuMs()];
}

// Worker threads inherit the preload and the environment, but have loops of their own.
if (PROBE_PORT && isMainThread) {
  setInterval(measure, 1).unref();
  createServer((_request, response) => {
    measure();
    response.end(String(longest));
    longest = 0;
  })
    .listen(Number(PROBE_PORT), '127.0.0.1')
    .unref();
}
