/**
 * Preloaded into a service under test: measures how long single ticks of its event loop take. The loopback port PROBE_PORT serves the
 * longest since the last request, in milliseconds.
 *
 * Measured is the CPU time of the main thread, as waiting for a core and V8's helper threads do not count; without schedstat it is the
 * CPU time of the process. A tick never counts for more than its wall time.
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

// Worker threads inherit the preload and the environment, but have their own event loops.
if (PROBE_PORT && isMainThread) {
  setInterval(measure, 1).unref();
  createServer((_request, response) => {
    measure();
    // An idle connection would end at the moment at which it is used again.
    response.setHeader('connection', 'close');
    response.end(String(longest));
    longest = 0;
  })
    .listen(Number(PROBE_PORT), '127.0.0.1')
    .unref();
}
