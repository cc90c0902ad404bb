/**
 * Preloaded into a service under test: measures for how long single ticks hold its event loop, and serves the longest since the last
 * request, in milliseconds, on the loopback port PROBE_PORT.
 *
 * A tick counts with the smaller of its wall time and its CPU time: a process that waits for a core is not holding its own loop.
 */
const { createServer } = require('node:http');
const { isMainThread } = require('node:worker_threads');

const { PROBE_PORT } = process.env;
let [wall, cpu, longest] = [process.hrtime.bigint(), process.cpuUsage(), 0];

function measure() {
  const { user, system } = process.cpuUsage(cpu);
  const wallMs = Number(process.hrtime.bigint() - wall) / 1e6;
  longest = Math.max(longest, Math.min(wallMs, (user + system) / 1e3));
  [wall, cpu] = [process.hrtime.bigint(), process.cpuUsage()];
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
