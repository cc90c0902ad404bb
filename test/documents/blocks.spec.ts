import { parse } from 'yaml';
import { parseTenantsFile } from '../../src/config/tenants/parse-tenants-file';
import { SCOPES } from '../../src/context/caller';
import { type Block, blocksOf, documentsWithBlocks, isShownBy, nameOf } from '../support/documents/blocks';
import { NOT_RUN, RUN_BY, treatmentOf } from '../support/documents/treatment';
import { textOf } from '../support/repository';

const BLOCKS = documentsWithBlocks().flatMap(blocksOf);
const READ = BLOCKS.filter((block) => treatmentOf(block) === 'read').map((block) => [nameOf(block), block] as const);

/** Secrets that the tenants file of a document takes from elsewhere. */
const elsewhere = {
  env: { ACME_HUBSTER_SECRET: 'from the environment' },
  readFile: () => 'from a file',
  scopes: SCOPES,
  hubsterOrigins: ['https://portal.demo.example', 'https://identity.demo.example'],
};

function read({ language, text }: Block): unknown {
  if (language === 'json') return JSON.parse(text);
  const value: unknown = parse(text);
  return typeof value === 'object' && value && 'tenants' in value ? parseTenantsFile(text, elsewhere) : value;
}

describe('each block of a document', () => {
  it('is run, compared or read by a test, or is listed with the reason why not', () => {
    expect(BLOCKS.length).toBeGreaterThan(20);
    expect(BLOCKS.filter((block) => treatmentOf(block) === undefined).map(nameOf)).toEqual([]);
  });

  it('exists if a list names it', () => {
    const names = BLOCKS.map(nameOf);
    expect(Object.keys({ ...NOT_RUN, ...RUN_BY }).filter((name) => !names.includes(name))).toEqual([]);
  });

  it('is read by the test that a list names for it', () => {
    const wrong = Object.entries(RUN_BY).filter(([name, spec]) => !textOf(spec).includes(name.split(' ')[0] ?? name));
    expect(wrong).toEqual([]);
  });

  it.each(READ)('is valid: %s', (_name, block) => {
    expect(read(block)).toBeInstanceOf(Object);
  });
});

describe('a sample of output', () => {
  it.each([
    ['{"id": "…", "a": 1}', '{"id":"x","a":1}\n', true],
    ['one … four', 'one two three four', true],
    ['…', '', true],
    ['one', 'one two', false],
    ['two', 'one two', false],
    ['one … two', 'one three', false],
    ['a … b … a', 'a b', false],
    ['a … a', 'a', false],
  ])('%s shows %s: %s', (sample, output, isShown) => {
    expect(isShownBy(sample, output)).toBe(isShown);
  });

  it('may end before a program that goes on', () => {
    expect(isShownBy('one … two', 'one and two and three', { mayGoOn: true })).toBe(true);
    expect(isShownBy('one … two', 'zero one two', { mayGoOn: true })).toBe(false);
  });
});
