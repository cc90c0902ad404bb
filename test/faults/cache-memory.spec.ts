import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SCRIPT = join(__dirname, '../support/cache-memory.cjs');
const LIMIT_MIB = 1.3 * 64;

/** MiB that the script tells, in a process of its own, whose young generation takes next to nothing. */
async function measured(...args: readonly string[]): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--max-semi-space-size=1', SCRIPT, ...args]);
  return Number(stdout);
}

describe('the memory of the cache', () => {
  it.each(['0', '600', '12288', '12289', '30000', '1000000'])(
    'CACHE_MEMORY_MB=64 is at most 83 MiB of resident memory, filled four times over with bodies of %s bytes',
    async (bytes) => {
      expect(await measured('entries', bytes)).toBeLessThan(LIMIT_MIB);
    },
  );

  it('calls that are over keep nothing of what they brought', async () => {
    expect(await measured('flights')).toBeLessThan(10);
  });
});
