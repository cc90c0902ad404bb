import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Row } from './figures';
import { freePort, type Servers } from './servers';

const DIST = join(__dirname, '..');
const PROBE = join(DIST, '../test/support/coverage-probe.cjs');
const HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';

/** How many files of ours a request enters in the demo, the sandbox apart: what a reader has to know to follow it. ENTERED_FILES=list names them. */
export async function enteredFiles(_servers: Servers): Promise<readonly Row[]> {
  const [port, probePort, sandboxPort] = [await freePort(), await freePort(), await freePort()];
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-files-'));
  const { PATH = '' } = process.env;
  const env = { PATH, PORT: `${port}`, PROBE_PORT: `${probePort}`, SANDBOX_PORT: `${sandboxPort}` };
  const child = spawn(process.execPath, ['--require', PROBE, join(DIST, 'main.js')], { cwd: directory, env });
  try {
    const key = await keyIn(child.stdout);
    const url = `http://127.0.0.1:${port}/api/v1/integrations`;
    const headers = { 'X-API-Key': key, 'Content-Type': 'application/json' };
    const create = async (name: string): Promise<string> => {
      const configuration = {
        authToken: 'cb8c5367c3c4586e',
        accountSid: 'AC1fc1c1722444',
        numberSid: `PN667435536f4d${name}`,
      };
      const body = JSON.stringify({ channelId: 'TwilioSMS', name, configuration });
      const response = await fetch(`${url}/hubs/${HUB}`, { method: 'POST', headers, body });
      if (!response.ok) throw new Error(`a create was responded to with ${response.status}`);
      const { integrationId }: { integrationId: string } = JSON.parse(await response.text());
      return integrationId;
    };
    const read = async (id: string): Promise<void> => {
      await (await fetch(`${url}/${id}`, { headers })).text();
    };
    const entered = async (request: () => Promise<unknown>): Promise<readonly string[]> => {
      await takeFiles(probePort);
      await request();
      return takeFiles(probePort);
    };
    const [hit, miss] = [await create('first'), await create('second')];
    await read(hit);
    const works = [
      ['hit', () => read(hit), 28],
      ['miss', () => read(miss), 70],
      ['create', () => create('third'), 75],
    ] as const;
    const rows: Row[] = [];
    for (const [what, request, goal] of works) {
      const files = await entered(request);
      if (process.env['ENTERED_FILES'] === 'list') process.stderr.write(`${what}:\n  ${files.join('\n  ')}\n`);
      rows.push({ name: `files that a ${what} enters`, unit: 'files', values: [files.length], goal: `≤ ${goal}` });
    }
    return rows;
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The files of ours that were entered since the last time. */
async function takeFiles(port: number): Promise<readonly string[]> {
  const files: readonly string[] = JSON.parse(await (await fetch(`http://127.0.0.1:${port}/`)).text());
  const isOurs = (file: string) => !/^(\.\.|sandbox|bench)/.test(file);
  return files.map((file) => relative(DIST, file)).filter(isOurs);
}

/** The first key that the demo prints. */
async function keyIn(output: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of output) {
    text += chunk.toString();
    const [key] = /sd_[\w-]+/.exec(text) ?? [];
    if (key !== undefined && /listens on|server\.listening/.test(text)) return key;
  }
  throw new Error('the service ended before it listened');
}
