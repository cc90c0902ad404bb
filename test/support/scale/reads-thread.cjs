/**
 * A thread that sends reads at a fixed rate, whatever the responses take, so that a service that stops for a second makes a hundred slow reads
 * and not one. A thread of its own, as the test writes thousands of files and collects garbage meanwhile. Ends with the next message.
 */
const { Agent, request } = require('node:http');
const { parentPort, workerData } = require('node:worker_threads');

const { url, reads, perSecond } = workerData;
const agent = new Agent({ keepAlive: true });
const result = { count: 0, longestMs: 0, failed: 0 };
let isOver = false;
let open = 0;

function send({ path, key }, onEnd) {
  request(new URL(path, url), { agent, headers: { 'x-api-key': key } }, (response) => {
    response.resume().once('end', () => onEnd(response.statusCode));
    response.once('error', () => onEnd(0));
  })
    .once('error', () => onEnd(0))
    .end();
}

/** Each read once, one after another, so that tokens and entries are there; not counted. */
function warmUp(next = 0) {
  if (next < reads.length) send(reads[next], () => warmUp(next + 1));
  else parentPort.postMessage('warm');
}

function finish() {
  agent.destroy();
  parentPort.postMessage(result);
  parentPort.close();
}

function run() {
  const start = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    if (isOver) {
      if (open > 0) return;
      clearInterval(timer);
      finish();
      return;
    }
    for (; (performance.now() - start) * perSecond >= sent * 1000; sent += 1) {
      const sentAt = performance.now();
      open += 1;
      send(reads[sent % reads.length], (status) => {
        open -= 1;
        result.count += 1;
        result.longestMs = Math.max(result.longestMs, performance.now() - sentAt);
        if (status !== 200) result.failed += 1;
      });
    }
  }, 1);
}

parentPort.on('message', (message) => {
  if (message === 'run') run();
  else isOver = true;
});
warmUp();
