import { execFile } from 'node:child_process';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onCore, type Subject } from './subject';

const run = promisify(execFile);

export type Headers = Readonly<Record<string, string>>;

export interface LoadResult {
  readonly perSecond: number;
  readonly p99Ms: number;
  /** CPU time of the server for 10,000 requests, in milliseconds. */
  readonly cpuPer10k: number;
}

export interface LoadOptions {
  readonly seconds: number;
  readonly connections: number;
  readonly headers: Headers;
  /** Replaces the path of each request, see `rotate.lua`. */
  readonly rotation?: Rotation;
}

/** The parameters of `rotate.lua`. */
export interface Rotation {
  readonly count: number;
  readonly path: string;
  readonly tenant: string;
}

const ROTATE = join(__dirname, '../../test/bench/rotate.lua');

/** Loads one path for some seconds with `wrk` on another core. Throws if a response is not successful. */
export async function load(
  subject: Subject,
  path: string,
  { seconds, connections, headers, rotation }: LoadOptions,
): Promise<LoadResult> {
  const lines = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const script = rotation ? ['-s', ROTATE] : [];
  const scriptArgs = rotation ? ['--', String(rotation.count), rotation.path, rotation.tenant] : [];
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', ...script, ...lines];
  const [program = '', ...args] = onCore(1, ['wrk', ...options, subject.url + path, ...scriptArgs]);
  const cpuBefore = subject.cpuMs();
  const { stdout } = await run(program, args);
  const cpuMs = subject.cpuMs() - cpuBefore;
  if (/Non-2xx/.test(stdout)) throw new Error(`${subject.command.name} ${path}: ${stdout}`);
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    p99Ms: milliseconds(/99%\s+([\d.]+)(us|ms|s)/.exec(stdout)),
    cpuPer10k: (cpuMs / requests) * 10_000,
  };
}

function milliseconds(match: RegExpExecArray | null): number {
  const [, value, unit = ''] = match ?? [];
  return Number(value) * ({ us: 0.001, ms: 1, s: 1000 }[unit] ?? Number.NaN);
}

const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });

/** Sends one request over a keep-alive connection. */
export function timed(url: string, headers: Headers): Promise<{ readonly status: number; readonly ms: number }> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    request(url, { agent, headers }, (response) => {
      response.resume().once('end', () => resolve({ status: response.statusCode ?? 0, ms: performance.now() - began }));
    })
      .once('error', reject)
      .end();
  });
}
