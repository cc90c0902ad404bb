import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REQUEST_HEADERS, repeatedHeader } from './http-server';

const SRC = join(__dirname, '..', '..');

/** Set by browsers and HTTP clients themselves: no page may set them, and no preflight names them. */
const OF_THE_PROTOCOL = ['host', 'origin', 'content-length', 'transfer-encoding', 'access-control-request-method'];

/** The names of request headers that a source text reads, in the spellings of this repository. */
function headersReadIn(text: string): readonly string[] {
  const patterns = [
    /headers\??\.(host|origin|accept|authorization|prefer)\b/g,
    /headers\[['"]([\w-]+)['"]\]/g,
    /header\(request, '([\w-]+)'\)/g,
    /\{ (\w+) \} = headers;/g,
    /headers: \{ (\w+) = ''/g,
    /\{ (\w+), '[\w-]+': \w+ \} = headers/g,
    /\{ \w+, '([\w-]+)': \w+ \} = headers/g,
  ];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = '']) => name.toLowerCase()));
}

describe('REQUEST_HEADERS', () => {
  it('has every header that the code reads, so that each is checked for repetition and allowed to browsers', () => {
    const files = ['api', 'access'].flatMap((folder) =>
      readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
        .map((file) => join(SRC, folder, file)),
    );
    const read = new Set(files.flatMap((file) => headersReadIn(readFileSync(file, 'utf8'))));
    expect(read.size).toBeGreaterThan(12);
    const known = new Set([...Object.keys(REQUEST_HEADERS).map((name) => name.toLowerCase()), ...OF_THE_PROTOCOL]);
    expect([...read].filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('repeatedHeader', () => {
  const received = (...rawHeaders: readonly string[]) => ({
    headers: Object.fromEntries(
      rawHeaders.filter((_, index) => index % 2 === 0).map((name) => [name.toLowerCase(), '']),
    ),
    rawHeaders,
  });

  it('finds a repeated single header, in any case of its letters', () => {
    expect(repeatedHeader(received('Host', 'a', 'Accept', 'b', 'hOST', 'a'))).toBe('Host');
    expect(repeatedHeader(received('Idempotency-Key', 'a', 'idempotency-key', 'b'))).toBe('Idempotency-Key');
  });

  it('allows lists and headers that Stagedoor does not read to repeat', () => {
    expect(repeatedHeader(received('Host', 'a', 'If-Match', '"b"', 'If-Match', '"c"', 'Via', 'd', 'Via', 'e'))).toBe(
      undefined,
    );
    expect(repeatedHeader(received())).toBe(undefined);
  });
});
