import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { ColdReads, counted, ONE, pairs, ratio, type Scale } from './benchmarks';
import type { Row } from './figures';
import type { Servers } from './servers';
import type { Subject } from './subject';

/** Share of recorded requests, and the goal for the CPU of one. */
const SHARES = [
  ['0.01', '≤ 1.10'],
  ['1', ''],
] as const;
/** Requests that are sent before the first measured miss. */
const WARM_UP = 10_000;

/** CPU of a hit and of a miss with traces, in relation to the same build without a receiver of traces. */
export async function traces(servers: Servers, scale: Scale): Promise<readonly Row[]> {
  const receiver = await discardingServer();
  const stub = await servers.stub();
  const rows: Row[] = [];
  for (const [share, goal] of SHARES) {
    const off = await servers.stagedoor(stub);
    const traced = await servers.stagedoor(stub, {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: share,
    });
    const name = `traces of ${Number(share) * 100} % / off, CPU of a`;
    const ofHits = await pairs([traced, off], ONE, servers.headers, scale);
    rows.push(ratio(`${name} hit 600 B`, ofHits, ({ cpuPer10k }) => cpuPer10k, goal));
    rows.push({ name: `${name} miss`, unit: 'ratio', values: await ofMisses([traced, off], servers, scale), goal });
    await servers.stop(traced, off);
  }
  await servers.stop(stub);
  receiver.server.close();
  return rows;
}

async function ofMisses(
  [traced, off]: readonly [Subject, Subject],
  servers: Servers,
  { pairs: rounds, requests }: Scale,
) {
  const ids = counted(3_000_000);
  const values: number[] = [];
  const measure = async (subject: Subject, count: number): Promise<number> => {
    const reads = new ColdReads(subject, servers.headers, ids);
    await reads.more(count, 8);
    return reads.cpuMs;
  };
  for (const subject of [traced, off]) await measure(subject, Math.min(WARM_UP, 10 * requests));
  for (let round = 0; round < rounds; round += 1) {
    const first = await measure(round % 2 === 0 ? traced : off, requests);
    const second = await measure(round % 2 === 0 ? off : traced, requests);
    values.push(round % 2 === 0 ? first / second : second / first);
  }
  return values;
}

async function discardingServer(): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.writeHead(200).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver of traces listens on no port');
  return { url: `http://127.0.0.1:${address.port}`, server };
}
