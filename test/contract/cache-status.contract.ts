import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const README = join(__dirname, '../../src/cache/README.md');

/** What an answer tells of the cache; a failure tells nothing. */
export interface Told {
  readonly cacheStatus: string;
  readonly age: string;
}

export const TOLD_NOTHING: Told = { cacheStatus: 'none', age: 'none' };

/** A cache to which one question is put, of which nothing is kept yet. */
export interface CacheStatusSubject {
  /** `cacheControl`: the header of the request, empty for none. */
  ask(cacheControl: string): Promise<Told>;
  /** From now on what is asked for does not exist. */
  remove(): void;
  elapse(seconds: number): Promise<void>;
  /** Begins a write of the tenant that asks; resolves to what ends it. */
  beginWrite(): Promise<() => Promise<void>>;
  /** Keeps Hubster from answering reads until the returned function is called. */
  hold(): () => void;
  /** Resolves when that many callers wait for Hubster. */
  waiting(callers: number): Promise<void>;
  fail(): Promise<void>;
}

interface Kept {
  /** How old it is; absent: nothing is kept. */
  readonly seconds?: number;
  readonly isAbsence?: true;
  /** What the request says. */
  readonly cacheControl?: string;
}

/** The words of the table. */
const KEPT: Readonly<Record<string, Kept>> = {
  nothing: {},
  fresh: { seconds: 18 },
  'a 404 of 2 s': { seconds: 2, isAbsence: true },
  'a 404 of 6 s': { seconds: 6, isAbsence: true },
  'stale for 7 s': { seconds: 37 },
  'stale for 45 s': { seconds: 75 },
  'stale for 5 min': { seconds: 330 },
};

/** `fresh, but no-cache is sent`: a state, and the `Cache-Control` of the request. */
function keptOf(words: string): Kept | undefined {
  const [state = '', cacheControl] = words.split(/, (?:but|and) | is sent$/);
  const kept = KEPT[state];
  return kept && { ...kept, ...(cacheControl !== undefined && { cacheControl }) };
}

const MEANWHILE = ['nothing', 'a write', 'another asks', 'Hubster fails'];

type Row = readonly [kept: string, meanwhile: string, cacheStatus: string, age: string];

/** The exam of `Cache-Status` and `Age`: each row of the table in the README of the cache, as it stands there. */
export function cacheStatusContract(name: string, start: () => CacheStatusSubject | Promise<CacheStatusSubject>): void {
  describe(`${name}: Cache-Status and Age, row by row`, () => {
    it.each(rows())('%s; meanwhile %s: %s, %s', async (what, meanwhile, cacheStatus, age) => {
      const subject = await start();
      const kept = keptOf(what);
      const events = meanwhile.split(', ');
      if (!kept || !events.every((event) => MEANWHILE.includes(event))) throw new Error('the table has unknown words');
      expect(await play(subject, kept, events)).toEqual({ cacheStatus, age });
    });
  });
}

async function play(subject: CacheStatusSubject, kept: Kept, events: readonly string[]): Promise<Told> {
  const { seconds, isAbsence = false, cacheControl = '' } = kept;
  if (isAbsence) subject.remove();
  if (seconds !== undefined) {
    await subject.ask('');
    await subject.elapse(seconds);
  }
  const endWrite = events.includes('a write') ? await subject.beginWrite() : undefined;
  if (events.includes('Hubster fails')) await subject.fail();
  const told = events.includes('another asks')
    ? await askSecond(subject, cacheControl)
    : await subject.ask(cacheControl);
  await endWrite?.();
  return told;
}

async function askSecond(subject: CacheStatusSubject, cacheControl: string): Promise<Told> {
  const release = subject.hold();
  const first = subject.ask(cacheControl);
  await subject.waiting(1);
  const second = subject.ask(cacheControl);
  await subject.waiting(2);
  release();
  await first;
  return second;
}

function rows(): readonly Row[] {
  const [, section = ''] = readFileSync(README, 'utf8').split('## Cache-Status\n');
  const lines = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line): Row => {
    const [, kept = '', meanwhile = '', cacheStatus = '', age = ''] = line.split('|').map(plain);
    return [kept, meanwhile, cacheStatus, age];
  });
}

const plain = (cell: string): string => cell.replaceAll('`', '').trim();
