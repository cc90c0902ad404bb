import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, textOf } from '../support/repository';

const GENERATED = 'src/client/openapi.generated.ts';

it(`${GENERATED} is that of docs/openapi.yaml; npm run client writes it`, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'stagedoor-types-'));
  try {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(textOf('package.json'));
    const [command = ''] = scripts['client']?.split(' && ') ?? [];
    const [name = '', ...args] = command.replace(GENERATED, join(directory, 'types.ts')).split(' ');
    await promisify(execFile)(join(ROOT, 'node_modules/.bin', name), args, { cwd: ROOT });
    expect(textOf(GENERATED)).toBe(await readFile(join(directory, 'types.ts'), 'utf8'));
  } finally {
    await rm(directory, { recursive: true });
  }
});
