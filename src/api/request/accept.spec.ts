import { acceptedQuality } from './accept';

const LINES = 'application/x-ndjson';

describe('acceptedQuality', () => {
  it.each([
    ['application/x-ndjson', 1, true],
    ['Application/X-NDJSON', 1, true],
    ['application/x-ndjson;q=0', 0, true],
    ['application/x-ndjson; Q=0.000', 0, true],
    ['application/x-ndjson ; charset=utf-8 ; q=0.5', 0.5, true],
    ['text/html, application/x-ndjson;q=0.2, */*;q=0.9', 0.2, true],
    ['application/*;q=0.3, */*;q=0.9', 0.3, false],
    ['*/*', 1, false],
    ['text/html', 0, false],
    ['', 0, false],
    ['application/x-ndjson;q=high', 1, true],
    ['application/x-ndjson;q=7', 1, true],
    ['application/x-ndjson;q=0, application/x-ndjson;q=0.4', 0.4, true],
    ['xapplication/x-ndjson', 0, false],
  ])('reads %j', (accept, quality, isNamed) => {
    expect(acceptedQuality(accept, LINES)).toEqual({ quality, isNamed });
  });
});
