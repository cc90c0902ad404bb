/**
 * Run as a process: measures the memory of parts of the built cache. `entries BYTES` fills the memory tier of 64 MiB four times over with
 * bodies of BYTES and prints by how many MiB resident memory grew. `flights` runs loads of buffers without other references and prints
 * their MiB.
 */
const { join } = require('node:path');

const built = (path) => require(join(__dirname, '../../dist/cache', path));
const MIB = 1024 * 1024;
const [what, size = '0'] = process.argv.slice(2);

built('stores/memory-cache-store.js').limitHeapGrowth();

async function fillEntries(bytes) {
  const { MemoryCacheStore } = built('stores/memory-cache-store.js');
  // Warms up with a store that evicts everything at once, so that only kept entries are measured.
  await fill(new MemoryCacheStore(1), bytes);
  const before = process.memoryUsage.rss();
  const store = new MemoryCacheStore(64 * MIB);
  await fill(store, bytes);
  await collect();
  const grown = (process.memoryUsage.rss() - before) / MIB;
  // A use after the measurement, so that the store is not collected before.
  store.clear('acme');
  return grown;
}

/** With --expose-gc; a background thread frees dropped buffers after a collection. */
async function collect() {
  for (let count = 0; globalThis.gc && count < 3; count += 1) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function fill(store, bytes) {
  const { ResponseBody } = built('entry.js');
  const count = Math.ceil((4 * 64 * MIB) / (bytes + 1000));
  for (let key = 0; key < count; key += 1) {
    const response = {
      status: 200,
      body: new ResponseBody(Buffer.alloc(bytes, 'x')),
      etag: `"${key}-of-twenty-two-chars"`,
      headers: {},
    };
    const id = `one 36:${String(key).padStart(36, '0')}`;
    const cacheKey = { tenant: 'acme', visibility: 'v'.repeat(22), generation: 'g'.repeat(22), key: id };
    store.set(cacheKey, { response, loadedAt: key + 0.5, freshMs: 30_000.5, staleMs: 30_000, errorStaleMs: 300_000 });
    if (key % 10 === 0) await new Promise(setImmediate);
  }
}

async function runFlights() {
  const { SingleFlight } = built('refresh/single-flight.js');
  const flights = new SingleFlight({ after: () => () => undefined });
  const options = { deadline: { remaining: 1000, isOver: false }, start: async () => Buffer.allocUnsafeSlow(2048) };
  const client = async (name) => {
    for (let call = 0; call < 10_000; call += 1) {
      await flights.run(`${name} ${call}`, options);
      await new Promise(setImmediate);
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, name) => client(name)));
  return process.memoryUsage().arrayBuffers / MIB;
}

async function main() {
  process.stdout.write(String(await (what === 'flights' ? runFlights() : fillEntries(Number(size)))));
}

void main();
