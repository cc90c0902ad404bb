/**
 * Preloaded into a service under test: the loopback port SOAK_PROBE_PORT serves what has to stay flat, after a garbage collection: bytes
 * of the heap, handles, and the listeners of all event emitters and abort signals that are alive.
 */
const { once, getEventListeners } = require('node:events');
const { createServer } = require('node:http');
const { Session } = require('node:inspector');
const { isMainThread } = require('node:worker_threads');

const { SOAK_PROBE_PORT } = process.env;

function listenersOf(target) {
  if (target instanceof AbortSignal) return getEventListeners(target, 'abort').length;
  try {
    return target.eventNames().reduce((sum, name) => sum + target.listenerCount(name), 0);
  } catch {
    // The prototype itself, and objects that were never constructed.
    return 0;
  }
}

/** Collects garbage, then sums over all living objects of a prototype. */
function countListeners(session, prototype) {
  let total = 0;
  globalThis.soakProbe = {
    prototype,
    count: (objects) => {
      for (const object of objects) if (object !== prototype) total += listenersOf(object);
    },
  };
  session.post('Runtime.evaluate', { expression: 'soakProbe.prototype' }, (_error, { result }) => {
    session.post(
      'Runtime.queryObjects',
      { prototypeObjectId: result.objectId, objectGroup: 'soak' },
      (_, { objects }) => {
        session.post('Runtime.callFunctionOn', {
          functionDeclaration: 'function () { soakProbe.count(this); }',
          objectId: objects.objectId,
        });
      },
    );
  });
  session.post('Runtime.releaseObjectGroup', { objectGroup: 'soak' });
  delete globalThis.soakProbe;
  return total;
}

function measure() {
  // Before all else: requests that arrive meanwhile open connections.
  const handles = process.getActiveResourcesInfo().length;
  const session = new Session();
  session.connect();
  const emitters = countListeners(session, require('node:events').EventEmitter.prototype);
  const signals = countListeners(session, AbortSignal.prototype);
  session.disconnect();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapUsed, rss, handles, listeners: emitters + signals };
}

if (SOAK_PROBE_PORT && isMainThread) {
  const server = createServer((_request, response) => response.end(JSON.stringify(measure())));
  server.listen(Number(SOAK_PROBE_PORT), '127.0.0.1').unref();
  once(server, 'error').then(([error]) => console.error(error.message));
}
