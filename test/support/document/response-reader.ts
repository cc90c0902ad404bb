/** A response as it was on the wire. */
export interface ReceivedResponse {
  /** 0 for bytes that are no HTTP/1.1 response. */
  readonly status: number;
  /** Names in lower case, in the order of their lines. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without the framing of chunks. */
  readonly body: Buffer;
}

type Head = Omit<ReceivedResponse, 'body'>;

const LINE_END = '\r\n';
const HEAD_END = '\r\n\r\n';
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/;

/**
 * Reads the responses of one HTTP/1.1 connection from its bytes (RFC 9112, 6.3). `isOfHead`: whether the next response is one to HEAD,
 * which has no body whatever its headers say; it is called once for each response that is not interim (1xx).
 */
export class ResponseReader {
  #rest = Buffer.alloc(0);
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Bytes that have to be there before another attempt can succeed: a large body is put together once. */
  #needed = 1;
  #head: Head | undefined;
  #chunks: Buffer[] = [];

  constructor(
    private readonly isOfHead: () => boolean,
    private readonly onResponse: (response: ReceivedResponse) => void,
  ) {}

  push(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#rest.length + this.#waitingBytes < this.#needed) return;
    this.#rest = Buffer.concat([this.#rest, ...this.#waiting]);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#needed = 1;
    while (this.#rest.length >= this.#needed && this.#readNext());
  }

  /** Call it when the connection is closed: a response without a length ends there. */
  end(): void {
    if (this.#head && isUntilClose(this.#head)) this.#finish(Buffer.concat([this.#rest, ...this.#waiting]));
  }

  /** Whether something was read. */
  #readNext(): boolean {
    if (!this.#head) return this.#readHead();
    if (isChunked(this.#head)) return this.#readChunk();
    if (isUntilClose(this.#head)) return false;
    const length = Number(headerIn(this.#head, 'content-length'));
    if (!this.#has(length)) return false;
    this.#finish(this.#take(length));
    return true;
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf(HEAD_END);
    if (end === -1) return this.#has(this.#rest.length + 1);
    const head = headOf(this.#take(end + HEAD_END.length).toString('latin1'));
    if (head.status >= 100 && head.status < 200) return true;
    this.#head = head;
    if (this.isOfHead() || head.status === 204 || head.status === 304) this.#finish(Buffer.alloc(0));
    return true;
  }

  #readChunk(): boolean {
    const end = this.#rest.indexOf(LINE_END);
    if (end === -1) return this.#has(this.#rest.length + 1);
    const size = Number.parseInt(this.#rest.toString('latin1', 0, end), 16);
    const start = end + LINE_END.length;
    if (!this.#has(start + size + LINE_END.length)) return false;
    this.#chunks.push(this.#take(start + size + LINE_END.length).subarray(start, start + size));
    if (size === 0) this.#finish(Buffer.concat(this.#chunks));
    return true;
  }

  #has(bytes: number): boolean {
    this.#needed = Math.max(1, bytes);
    return this.#rest.length >= bytes;
  }

  #take(bytes: number): Buffer {
    const taken = this.#rest.subarray(0, bytes);
    this.#rest = this.#rest.subarray(bytes);
    this.#needed = 1;
    return taken;
  }

  #finish(body: Buffer): void {
    const head = this.#head;
    this.#head = undefined;
    this.#chunks = [];
    if (head) this.onResponse({ ...head, body });
  }
}

function headOf(text: string): Head {
  const [statusLine = '', ...lines] = text.slice(0, -HEAD_END.length).split(LINE_END);
  const [, status = 0] = STATUS_LINE.exec(statusLine) ?? [];
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { status: Number(status), headers };
}

const headerIn = ({ headers }: Head, name: string): string | undefined =>
  headers.find(([known]) => known === name)?.[1];

const isChunked = (head: Head): boolean => /chunked$/i.test(headerIn(head, 'transfer-encoding') ?? '');

const isUntilClose = (head: Head): boolean => !isChunked(head) && headerIn(head, 'content-length') === undefined;
