import fc from 'fast-check';
import { stringify } from 'yaml';
import { readYaml, type YamlNode } from './yaml-node';

describe('readYaml', () => {
  it('reads the output of another library, in block and in flow style', () => {
    const styles = [{ collectionStyle: 'block' }, { collectionStyle: 'flow' }] as const;
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...styles), (value, style) => {
        const documents = readYaml(stringify(value, { ...style, aliasDuplicateObjects: false }));
        expect(documents.map(({ children: [root] }) => plainZero(plain(root)))).toEqual([plainZero(value)]);
      }),
    );
  });

  it.each([
    ['word', 'word'],
    ['"true"', 'true'],
    ["'12'", '12'],
    ['true', true],
    ['yes', 'yes'],
    ['12', 12],
    ['1e3', 1000],
    ['0x1f', 31],
    ['1_000', '1_000'],
    ['~', null],
    ['2027-01-01', '2027-01-01'],
    ['12:30', '12:30'],
    ['|\n  two\n  lines', 'two\nlines\n'],
  ])('reads %s as %j, by the core schema', (text, value) => {
    expect(plain(readYaml(text)[0]?.children[0])).toBe(value);
  });

  it('returns the offset of each node, and -1 for a value that is left out', () => {
    const [document] = readYaml('a:\n  - b: 1\nc:\n');
    const [a, list, c, absent] = document?.children[0]?.children ?? [];
    expect([a, list, list?.children[0], c, absent].map((node) => node?.start)).toEqual([0, 5, 7, 12, -1]);
  });

  it('reads aliases and tags as other nodes', () => {
    const [document] = readYaml('- &a x\n- *a\n- !!str y\n- !!map {}\n- <<: {}');
    const kinds = document?.children[0]?.children.map(({ kind }) => kind);
    expect(kinds).toEqual(['scalar', 'other', 'other', 'other', 'mapping']);
  });

  it('rejects excessive nesting', () => {
    expect(() => readYaml('['.repeat(100_000))).toThrow();
  });
});

/** The node as a JSON value. */
function plain(node: YamlNode | undefined): unknown {
  if (node?.kind === 'list') return node.children.map(plain);
  if (node?.kind !== 'mapping') return node?.value;
  const { children } = node;
  return Object.fromEntries(
    children.flatMap((key, index) => (index % 2 === 0 ? [[`${key.value}`, plain(children[index + 1])]] : [])),
  );
}

/** JSON has one zero; YAML also has -0. */
function plainZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
