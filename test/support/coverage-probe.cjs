/**
 * Preloaded into a service: serves, on the loopback port PROBE_PORT, the files with a function that was called since the last request, as
 * V8 counts it. The main thread only.
 */
const { createServer } = require('node:http');
const { Session } = require('node:inspector/promises');
const { fileURLToPath } = require('node:url');
const { isMainThread } = require('node:worker_threads');

const { PROBE_PORT } = process.env;

async function probe() {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  createServer(async (_request, response) => {
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const isCalled = ({ ranges }) => ranges.some(({ count }) => count > 0);
    const files = result.filter(({ url, functions }) => url.startsWith('file:') && functions.some(isCalled));
    response.end(JSON.stringify(files.map(({ url }) => fileURLToPath(url))));
  })
    .listen(Number(PROBE_PORT), '127.0.0.1')
    .unref();
}

if (PROBE_PORT && isMainThread) void probe();
