import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { portOf } from '../ports';
import { type CollectedSpan, spansInJson, spansInProtobuf } from './otlp';

interface ReceivedExport {
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly spans: readonly CollectedSpan[];
  /** As it was received, for the secret watch. */
  readonly text: string;
}

/** A receiver of traces (OTLP over HTTP), in place of an OpenTelemetry collector. */
export class Collector {
  readonly exports: ReceivedExport[] = [];
  /** The status of its responses; undefined: it does not respond. */
  status: number | undefined = 200;
  readonly #server: Server;
  #onExport: (() => void)[] = [];

  private constructor() {
    this.#server = createServer((request, response) => void this.#receive(request, response));
  }

  static async start(): Promise<Collector> {
    const collector = new Collector();
    collector.#server.listen(0, '127.0.0.1');
    await once(collector.#server, 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.#server)}`;
  }

  /** Those of exports that it has accepted. */
  get spans(): readonly CollectedSpan[] {
    return this.exports.flatMap(({ spans }) => spans);
  }

  /** Resolves to its spans when it has at least one that `isLast` accepts. */
  async waitFor(isLast: (span: CollectedSpan) => boolean): Promise<readonly CollectedSpan[]> {
    while (!this.spans.some(isLast)) await new Promise<void>((resolve) => this.#onExport.push(resolve));
    return this.spans;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const isJson = request.headers['content-type'] === 'application/json';
    const text = bytes.toString('latin1');
    const spans = isJson ? spansInJson(bytes.toString()) : spansInProtobuf(bytes);
    if (this.status === undefined) return;
    if (this.status === 200) this.exports.push({ path: request.url, headers: request.headers, spans, text });
    response.writeHead(this.status).end();
    for (const resolve of this.#onExport.splice(0)) resolve();
  }
}
