/** Texts that are expensive for some parser, each about `length` long. */
export const HOSTILE_TEXTS: Readonly<Record<string, (length: number) => string>> = {
  'one character': (length) => 'a'.repeat(length),
  spaces: (length) => ' '.repeat(length),
  'question marks': (length) => `https://h/${'?'.repeat(length)}`,
  'at signs': (length) => `https://${'@'.repeat(length)}`,
  slashes: (length) => `https:${'/'.repeat(length)}`,
  colons: (length) => `https://h${':'.repeat(length)}`,
  dots: (length) => 'a.'.repeat(length / 2),
  dashes: (length) => 'a-'.repeat(length / 2),
  'parameters of a URL': (length) => `https://h/?${'token=a&'.repeat(length / 8)}`,
  'matrix parameters': (length) => `https://h/${';token=a'.repeat(length / 8)}`,
  'equals signs': (length) => `https://h/?a${'=a'.repeat(length / 2)}`,
  'path segments': (length) => `https://h${'/abcdefghijklmnop1'.repeat(length / 18)}`,
  'percent signs': (length) => `https://h/?${'%'.repeat(length)}=1`,
  'percent encodings': (length) => `https://h/?${'%41'.repeat(length / 3)}=1`,
  tabs: (length) => `https://${'\t'.repeat(length / 2)}`,
  masks: (length) => '********'.repeat(length / 8),
  emoji: (length) => '😀'.repeat(length / 4),
  surrogates: (length) => '\ud83d'.repeat(length / 6),
  quotes: (length) => '"'.repeat(length / 2),
  commas: (length) => 'a,'.repeat(length / 2),
  'entity tags': (length) => '"a", '.repeat(length / 5),
  'quoted parameters': (length) => `a;${'b="c";'.repeat(length / 6)}`,
};

/** As many items as fit into `bytes`, at least one, joined by commas. */
export function fill(item: (index: number) => string, bytes: number): string {
  const items = [item(0)];
  let length = item(0).length;
  for (let next = item(1); length + next.length < bytes; next = item(items.length)) {
    items.push(next);
    length += next.length + 1;
  }
  return items.join(',');
}

/** The most members or elements that a request may have at one level. */
const GROUP = 200;
/** As many as a list that is shown may have. */
const LONG_LIST = 1000;

/** As many items as fit, in arrays of at most `size` elements, and those in one another for as long as they are more. */
const grouped =
  (item: (index: number) => string, size = GROUP) =>
  (bytes: number): string => {
    const group = `[${Array.from({ length: size }, (_, index) => item(index)).join()}]`;
    let groups: readonly string[] = Array(Math.floor(bytes / (group.length + 3))).fill(group);
    while (groups.length > size) groups = inGroups(groups, size);
    return `[${groups.join()}]`;
  };

function inGroups(items: readonly string[], size: number): readonly string[] {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, index) => index * size);
  return starts.map((start) => `[${items.slice(start, start + size).join()}]`);
}

const list =
  (item: (index: number) => string) =>
  (bytes: number): string =>
    `[${fill(item, bytes)}]`;

const thousand =
  (text: (length: number) => string) =>
  (bytes: number): string =>
    JSON.stringify(Array(LONG_LIST).fill(text(Math.max(2, bytes / LONG_LIST - 16))));

const object =
  (member: (index: number) => string) =>
  (bytes: number): string =>
    `{${fill(member, bytes)}}`;

const nested = (value: string) => `${'{"a":'.repeat(20)}${value}${'}'.repeat(20)}`;

/** JSON values that are expensive to read, check or write, each about `bytes` long. */
export const HOSTILE_VALUES: Readonly<Record<string, (bytes: number) => string>> = {
  'distinct members': object((index) => `"k${index}":1`),
  'members that are masks': object((index) => `"k${index}":"********"`),
  'members of 2,200 bytes': object((index) => `"k${index}":"${'v'.repeat(2200)}"`),
  'one member again and again': object(() => '"a":1'),
  'members that differ in case': object((index) => `"${inCase('authtokenwebhookurl', index)}":1`),
  'members that are indexes': object((index) => `"${4_000_000 - index}":1`),
  'members with long names': object((index) => `"${index}${'n'.repeat(10_000)}":1`),
  'nested arrays': (bytes) => '['.repeat(bytes / 2) + ']'.repeat(bytes / 2),
  'nested objects': (bytes) => `${'{"a":'.repeat(bytes / 6)}1${'}'.repeat(bytes / 6)}`,
  'objects nested 20 deep': list(() => nested('1')),
  'numbers that no double holds, nested 20 deep': list(() => nested('1.0')),
  'URLs, all different': list((index) => `"https://a${index}.example"`),
  'URLs, all alike': list(() => '"https://a.example"'),
  'many masks': list(() => '"********"'),
  messages: list(() => '{"type":"text","text":"a"}'),
  'messages with numbers that no double holds': list(() => '{"type":"text","text":10154275849012345678}'),
  'messages of no type': list(() => '{"kind":"a"}'),
  'small numbers': list(() => '1'),
  'numbers that no double holds': list(() => '10154275849012345678'),
  'groups of masks': grouped(() => '"********"'),
  'groups of objects': grouped((index) => `{"k${index}":{}}`),
  'groups of numbers that no double holds': grouped(() => '1.0'),
  'groups of negative zeros': grouped(() => '-0'),
  'groups of small exponents': grouped(() => '1E1'),
  'groups of empty objects': grouped(() => '{}'),
  'groups of empty texts': grouped(() => '""'),
  'empty objects': list(() => '{}'),
  // As many values as a request may have, and as Hubster may send in one integration.
  'negative zeros among short texts': grouped(() => `{"a":-0,"b":"${'v'.repeat(110)}"}`),
  'negative zeros among long texts': grouped(() => `{"a":-0,"b":"${'v'.repeat(250)}"}`),
  'empty objects among texts': grouped(() => `{"a":{},"b":"${'v'.repeat(60)}"}`),
  '1,000 queries of a URL': thousand((length) => `https://h/?${'a&'.repeat(length / 2)}`),
  '1,000 paths of a URL': thousand((length) => `https://h${'/a'.repeat(length / 2)}`),
  '1,000 texts of short words': thousand((length) => 'a '.repeat(length / 2)),
  'one long number': (bytes) => '1'.repeat(bytes),
  'escaped characters': (bytes) => `"${'\\u0061'.repeat(bytes / 6)}"`,
};

/** Each text as a JSON value. */
export const HOSTILE_STRINGS: Readonly<Record<string, (bytes: number) => string>> = Object.fromEntries(
  Object.entries(HOSTILE_TEXTS).map(([name, text]) => [name, (bytes: number) => JSON.stringify(text(bytes))]),
);

/** Another spelling of a word for each number. */
function inCase(word: string, number: number): string {
  return [...word].map((letter, index) => ((number >> index) & 1 ? letter.toUpperCase() : letter)).join('');
}
