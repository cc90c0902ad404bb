import { readLargeLists } from '../support/scale/large-lists';

jest.setTimeout(300_000);

const MIB = 1024 * 1024;
const GOAL_MS = 20;
/** The first lists compile the code. */
const WARM_UP = 2;
const ROUNDS = 4;

const SIZES = [
  { integrations: 3_000, textCharacters: 26 },
  { integrations: 3_000, textCharacters: 1_560 },
] as const;

describe('lists of thousands', () => {
  const rows: string[] = [];

  afterAll(() => {
    const head = [
      'list',
      'first replica',
      'its longest tick',
      'in Redis',
      'second replica',
      'its longest tick',
      'goal',
    ];
    const lines = [head, head.map(() => '---')].map((cells) => `| ${cells.join(' | ')} |`);
    process.stdout.write(`\n${[...lines, ...rows].join('\n')}\n\n`);
  });

  it.each(SIZES)('$integrations integrations with texts of $textCharacters characters', async (size) => {
    const lists = (await readLargeLists({ ...size, rounds: WARM_UP + ROUNDS })).slice(WARM_UP);
    expect(lists.map(({ calls }) => calls)).toEqual(lists.map(() => 1));
    for (const { first, second } of lists) expect([first.status, second.text === first.text]).toEqual([200, true]);
    const [{ first, redisBytes } = { first: { text: '' }, redisBytes: 0 }] = lists;
    const bytes = Buffer.byteLength(first.text);
    rows.push(
      `| ${[
        `${size.integrations} integrations, ${(bytes / MIB).toFixed(1)} MiB`,
        spread(lists.map(({ longestTickMsOf }) => longestTickMsOf.first)),
        `${(redisBytes / MIB).toFixed(2)} MiB`,
        spread(lists.map(({ longestTickMsOf }) => longestTickMsOf.second)),
        `≤ ${GOAL_MS} ms a tick`,
      ].join(' | ')} |`,
    );
  });
});

/** Median and maximum. */
function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return `${sorted[Math.floor(sorted.length / 2)]?.toFixed(1)} ms, at most ${sorted.at(-1)?.toFixed(1)}`;
}
