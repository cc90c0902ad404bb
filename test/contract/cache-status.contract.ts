import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const README = join(__dirname, '../../src/cache/README.md');

/** The headers of a response that come from the cache; `none` for an error. */
export interface CacheHeaders {
  readonly cacheStatus: string;
  readonly age: string;
}

export const NO_CACHE_HEADERS: CacheHeaders = { cacheStatus: 'none', age: 'none' };

/** A cache under test, read at one resource, of which it has no entry yet. */
export interface CacheStatusSubject {
  /** `cacheControl`: the header of the request, empty for none. */
  read(cacheControl: string): Promise<CacheHeaders>;
  /** From now on the resource does not exist at Hubster. */
  remove(): void;
  elapse(seconds: number): Promise<void>;
  /** Begins a write to the resource; resolves to a function that completes it. */
  beginWrite(): Promise<() => Promise<void>>;
  /** Delays Hubster's responses to reads until the returned function is called. */
  blockHubster(): () => void;
  /** Resolves when that many callers wait for Hubster. */
  untilWaiting(callers: number): Promise<void>;
  failHubster(): Promise<void>;
}

interface Start {
  /** Age of the entry; absent: there is no entry. */
  readonly seconds?: number;
  readonly isNotFound?: true;
  /** The header of the request. */
  readonly cacheControl?: string;
}

/** The entries that the table names. */
const ENTRIES: Readonly<Record<string, Start>> = {
  'no entry': {},
  fresh: { seconds: 18 },
  'a 404 of 2 s': { seconds: 2, isNotFound: true },
  'a 404 of 6 s': { seconds: 6, isNotFound: true },
  'stale for 7 s': { seconds: 37 },
  'stale for 45 s': { seconds: 75 },
  'stale for 5 min': { seconds: 330 },
};

/** `fresh, but no-cache is sent`: an entry, and the `Cache-Control` of the request. */
function parseStart(words: string): Start | undefined {
  const [name = '', cacheControl] = words.split(/, (?:but|and) | is sent$/);
  const entry = ENTRIES[name];
  return entry && { ...entry, ...(cacheControl !== undefined && { cacheControl }) };
}

const MEANWHILE = ['nothing', 'a write', 'another request waits', 'Hubster fails'];

type Row = readonly [start: string, meanwhile: string, cacheStatus: string, age: string];

/** Tests `Cache-Status` and `Age` of each row of the table in the README of the cache. */
export function cacheStatusContract(
  name: string,
  create: () => CacheStatusSubject | Promise<CacheStatusSubject>,
): void {
  describe(`${name}: Cache-Status and Age, row by row`, () => {
    it.each(rows())('%s; meanwhile %s: %s, %s', async (words, meanwhile, cacheStatus, age) => {
      const subject = await create();
      const start = parseStart(words);
      const events = meanwhile.split(', ');
      if (!start || !events.every((event) => MEANWHILE.includes(event))) throw new Error('the table has unknown words');
      expect(await run(subject, start, events)).toEqual({ cacheStatus, age });
    });
  });
}

async function run(subject: CacheStatusSubject, start: Start, events: readonly string[]): Promise<CacheHeaders> {
  const { seconds, isNotFound = false, cacheControl = '' } = start;
  if (isNotFound) subject.remove();
  if (seconds !== undefined) {
    await subject.read('');
    await subject.elapse(seconds);
  }
  const completeWrite = events.includes('a write') ? await subject.beginWrite() : undefined;
  if (events.includes('Hubster fails')) await subject.failHubster();
  const headers = events.includes('another request waits')
    ? await readSecond(subject, cacheControl)
    : await subject.read(cacheControl);
  await completeWrite?.();
  return headers;
}

async function readSecond(subject: CacheStatusSubject, cacheControl: string): Promise<CacheHeaders> {
  const unblock = subject.blockHubster();
  const first = subject.read(cacheControl);
  await subject.untilWaiting(1);
  const second = subject.read(cacheControl);
  await subject.untilWaiting(2);
  unblock();
  await first;
  return second;
}

function rows(): readonly Row[] {
  const [, section = ''] = readFileSync(README, 'utf8').split('## Cache-Status\n');
  const lines = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line): Row => {
    const [, start = '', meanwhile = '', cacheStatus = '', age = ''] = line.split('|').map(plain);
    return [start, meanwhile, cacheStatus, age];
  });
}

const plain = (cell: string): string => cell.replaceAll('`', '').trim();
