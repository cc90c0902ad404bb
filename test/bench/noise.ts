import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Headers } from './load';
import { onCore, type Subject } from './subject';

const run = promisify(execFile);
const SCRIPT = join(__dirname, '../../test/bench/noise.lua');

export interface NoiseOptions {
  /** Each sends a request, waits for the response, and pauses. */
  readonly connections: number;
  readonly pauseMs: number;
  readonly headers: Headers;
  readonly seconds: number;
}

/** Runs `wrk` at low priority, as the clients of the quiet tenants share its core. Returns requests a second. */
export async function noise(
  { url }: Subject,
  path: string,
  first: number,
  { connections, pauseMs, headers, seconds }: NoiseOptions,
): Promise<number> {
  const lines = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', SCRIPT, ...lines];
  const wrk = ['wrk', ...options, url, '--', String(pauseMs), path, String(first)];
  const [program = '', ...args] = onCore(1, ['nice', '-n', '19', ...wrk]);
  const { stdout } = await run(program, args);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}
