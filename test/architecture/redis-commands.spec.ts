import { MESSAGE_COMMANDS, USED_COMMANDS } from '../../src/redis/health/redis-commands';
import { filesOfRepository, textOf } from '../support/repository';

/** Commands in scripts, and methods of the driver inside `run`. */
const USES = /redis\.p?call\('([A-Z]+)'|commands\)? =>\s*commands\.([a-zA-Z]+)/g;
/** The audit trail has commands of its own. */
const isSource = (path: string) => /^src\/(?!audit\/).+\.ts$/.test(path) && !path.endsWith('.spec.ts');

describe('the commands of the self-test', () => {
  it('are those that the code sends [S-781]', () => {
    const uses = filesOfRepository()
      .filter(isSource)
      .flatMap((path) => [...textOf(path).matchAll(USES)])
      .map(([, inScript, method = '']) => inScript ?? method.toUpperCase().replace(/BUFFER$/, ''));
    const tried = [...Object.keys(USED_COMMANDS), ...MESSAGE_COMMANDS];
    expect([...new Set(uses)].filter((name) => !tried.includes(name))).toEqual([]);
    expect(new Set(uses).size).toBeGreaterThan(15);
  });
});
