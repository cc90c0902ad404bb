import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SCRIPT = join(__dirname, '../support/cache-memory.cjs');
const LIMIT_MIB = 1.3 * 64;

/** MiB that the script prints, in a process with the smallest young generation. */
async function measured(options: readonly string[], ...args: readonly string[]): Promise<number> {
  const command = ['--max-semi-space-size=1', ...options, SCRIPT, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  return Number(stdout);
}

describe('the memory of the cache', () => {
  it.each(['0', '600', '12288'])(
    'takes at most 83 MiB of resident memory for CACHE_MEMORY_MB=64, filled four times over with bodies of %s bytes',
    async (bytes) => {
      expect(await measured([], 'entries', bytes)).toBeLessThan(LIMIT_MIB);
    },
  );

  // V8 collects dropped buffers only after some 60 MiB, however little is kept; they do not belong to the cache.
  it.each(['12289', '30000', '1000000'])(
    'takes at most 83 MiB of resident memory for CACHE_MEMORY_MB=64, filled four times over with bodies of %s bytes, after a collection',
    async (bytes) => {
      expect(await measured(['--expose-gc'], 'entries', bytes)).toBeLessThan(LIMIT_MIB);
    },
  );

  it('keeps no buffers of loads that are over', async () => {
    expect(await measured([], 'flights')).toBeLessThan(10);
  });
});
