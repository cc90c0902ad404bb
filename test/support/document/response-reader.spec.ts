import { type ReceivedResponse, ResponseReader } from './response-reader';

/** The responses in the text, which is received in pieces of the given size. */
function read(text: string, pieceSize: number, isOfHead = () => false): readonly [number, string][] {
  const responses: ReceivedResponse[] = [];
  const reader = new ResponseReader(isOfHead, (response) => responses.push(response));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceSize) reader.push(bytes.subarray(at, at + pieceSize));
  reader.end();
  return responses.map(({ status, body }) => [status, body.toString()]);
}

const withLength = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab\n\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n';
const empty = 'HTTP/1.1 204 No Content\r\n\r\n';
const interim = 'HTTP/1.1 100 Continue\r\n\r\n';
const untilClose = 'HTTP/1.0 200 OK\r\n\r\nall\r\n\r\nof it';

describe.each([1, 7, 10_000])('responses in pieces of %i bytes', (size) => {
  it('are read with a length, in chunks, without a body, after an interim one and until the connection ends', () => {
    expect(read(withLength + chunked + empty + interim + withLength + untilClose, size)).toEqual([
      [200, '{}'],
      [200, 'ab\n0123456789'],
      [204, ''],
      [200, '{}'],
      [200, 'all\r\n\r\nof it'],
    ]);
  });

  it('to HEAD have no body, whatever their length', () => {
    const heads = [true, false];
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n';
    expect(read(head + withLength, size, () => heads.shift() === true)).toEqual([
      [200, ''],
      [200, '{}'],
    ]);
  });

  it('that are incomplete are left out', () => {
    expect(read(`${withLength}HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}`, size)).toEqual([[200, '{}']]);
  });

  it('are 0 if they are not HTTP', () => {
    expect(read('hello\r\n\r\nyou', size)).toEqual([[0, 'you']]);
  });
});
