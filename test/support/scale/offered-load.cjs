/**
 * A thread that offers requests at a fixed rate, whatever the responses take. Each uses a connection that is free, or a new one up to a
 * limit; a request that finds none is not sent, as a client without a free connection gives up. A response later than `lateMs` counts as
 * failed: its client has given up. For each message `{ perSecond, seconds }` it posts a result.
 */
const { connect } = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');

const { port, requests, maxConnections, lateMs } = workerData;
const texts = requests.map((text) => Buffer.from(text));
const free = [];
let opened = 0;
let result;
let open = 0;

function newResult() {
  return { offered: 0, unsent: 0, ok: 0, rejected: 0, failed: 0, okMs: [], rejectedMs: [], others: {}, retryAfter: 0 };
}

class Connection {
  constructor() {
    opened += 1;
    this.text = '';
    this.socket = connect(port, '127.0.0.1')
      .setNoDelay(true)
      .setEncoding('latin1')
      .on('data', (text) => this.receive(text))
      .on('error', () => undefined)
      .on('close', () => this.closed());
  }

  send(text) {
    this.sentAt = performance.now();
    this.result = result;
    open += 1;
    this.socket.write(text);
  }

  receive(text) {
    this.text += text;
    const end = this.text.indexOf('\r\n\r\n');
    if (end === -1) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.text)?.[1] ?? 0);
    if (this.text.length < end + 4 + length) return;
    const status = this.text.slice(9, 12);
    const isLast = /\r\nconnection: close/i.test(this.text);
    if (status === '503' && /\r\nretry-after: \d/i.test(this.text)) this.result.retryAfter += 1;
    this.text = '';
    this.finished(status);
    if (isLast) this.socket.destroy();
    else free.push(this);
  }

  finished(status) {
    const ms = performance.now() - this.sentAt;
    const to = this.result;
    this.result = undefined;
    open -= 1;
    if (status === '200' && ms <= lateMs) {
      to.ok += 1;
      to.okMs.push(ms);
    } else if (status === '503') {
      to.rejected += 1;
      to.rejectedMs.push(ms);
    } else {
      to.failed += 1;
      to.others[status] = (to.others[status] ?? 0) + 1;
    }
  }

  closed() {
    opened -= 1;
    const index = free.indexOf(this);
    if (index !== -1) free.splice(index, 1);
    if (this.result) this.finished('closed');
  }
}

function offer() {
  const text = texts[result.offered % texts.length];
  result.offered += 1;
  const connection = free.pop() ?? (opened < maxConnections ? new Connection() : undefined);
  if (connection) connection.send(text);
  else result.unsent += 1;
}

const quantile = (times, share) =>
  times.sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;

function summary({ okMs, rejectedMs, ...counts }) {
  return { ...counts, okP99Ms: quantile(okMs, 0.99), rejectedP99Ms: quantile(rejectedMs, 0.99) };
}

parentPort.on('message', (step) => {
  if (step === 'end') process.exit(0);
  const { perSecond, seconds } = step;
  result = newResult();
  const total = Math.round(perSecond * seconds);
  const start = performance.now();
  const timer = setInterval(() => {
    const due = Math.min(total, ((performance.now() - start) * perSecond) / 1000);
    while (result.offered < due) offer();
    if (result.offered < total || performance.now() - start < seconds * 1000) return;
    if (open > 0 && performance.now() - start < seconds * 1000 + lateMs) return;
    clearInterval(timer);
    parentPort.postMessage(summary(result));
  }, 1);
});
parentPort.postMessage('ready');
