import { filesOfRepository, rowsOfTable, textOf } from '../support/repository';

interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly changes: readonly object[];
  readonly test: string;
}

const { MUTANTS }: { MUTANTS: readonly Mutant[] } = require('../faults/mutants.cjs');
const { mutate }: { mutate: (source: string, change: object) => string } = require('../support/mutate.cjs');

describe('the mutants', () => {
  it.each(MUTANTS)('$name applies to its file', ({ file, changes, test }) => {
    const source = textOf(file);
    expect(changes.reduce(mutate, source)).not.toBe(source);
    expect(filesOfRepository()).toContain(test);
  });

  it('are listed in the README of the fault suites', () => {
    const listed = rowsOfTable(textOf('test/faults/README.md'), 'name').map(([name = '']) => name.replaceAll('`', ''));
    expect(listed.toSorted()).toEqual(MUTANTS.map(({ name }) => name).toSorted());
  });
});
