/**
 * Loaded by each Node program that a document starts (NODE_OPTIONS): the ports that documents name are moved to free ones, when the program
 * listens and when it connects. So commands run as they are written, on a machine where those ports are taken.
 */
const { Server, Socket } = require('node:net');

const PORTS = new Map(Object.entries(JSON.parse(process.env.DOCUMENT_PORTS ?? '{}')));

function move(target) {
  if (Array.isArray(target)) return [move(target[0]), ...target.slice(1)];
  if (typeof target === 'object' && PORTS.has(String(target?.port))) {
    return { ...target, port: PORTS.get(String(target.port)) };
  }
  return PORTS.get(String(target)) ?? target;
}

for (const [{ prototype }, method] of [
  [Server, 'listen'],
  [Socket, 'connect'],
]) {
  const original = prototype[method];
  prototype[method] = function (target, ...rest) {
    const moved = move(target);
    // Arguments that Node has normalised are marked by a symbol, which a copy lacks.
    if (Array.isArray(target))
      for (const symbol of Object.getOwnPropertySymbols(target)) moved[symbol] = target[symbol];
    return original.call(this, moved, ...rest);
  };
}
