import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SCRIPT = join(__dirname, '../support/cache-memory.cjs');
const LIMIT_MIB = 1.3 * 64;

/** MiB that the script prints, in a process of its own, whose young generation takes next to nothing. */
async function measured(options: readonly string[], ...args: readonly string[]): Promise<number> {
  const command = ['--max-semi-space-size=1', ...options, SCRIPT, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  return Number(stdout);
}

describe('the memory of the cache', () => {
  it.each(['0', '600', '12288'])(
    'CACHE_MEMORY_MB=64 is at most 83 MiB of resident memory, filled four times over with bodies of %s bytes',
    async (bytes) => {
      expect(await measured([], 'entries', bytes)).toBeLessThan(LIMIT_MIB);
    },
  );

  // V8 lets some 60 MiB of dropped buffers wait for a collection, however little is kept: they are no part of the cache.
  it.each(['12289', '30000', '1000000'])(
    'CACHE_MEMORY_MB=64 is at most 83 MiB of resident memory, filled four times over with bodies of %s bytes, once those dropped are collected',
    async (bytes) => {
      expect(await measured(['--expose-gc'], 'entries', bytes)).toBeLessThan(LIMIT_MIB);
    },
  );

  it('calls that are over keep nothing of what they brought', async () => {
    expect(await measured([], 'flights')).toBeLessThan(10);
  });
});
