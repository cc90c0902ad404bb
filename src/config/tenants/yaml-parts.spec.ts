import fc from 'fast-check';
import { TenantsYaml } from './tenants-yaml';
import { valueInParts } from './yaml-parts';

/** Lines that end, continue or look like items where they are none. */
const LINES = [
  ...[
    'tenants:',
    'callers:',
    'tenants: # all',
    'passthrough: true',
    'issuers: []',
    'tenants: |',
    'tenants: >-',
    'a: "b',
  ],
  ...[
    '- id: acme',
    '- |',
    '- a',
    '-',
    '  - id: globex',
    '  - |',
    '  - >2',
    '  - "one',
    '  - [',
    '  - { a: b }',
    "  - 'x",
  ],
  ...[
    '    hubs:',
    '      - a',
    '    - b',
    '   - c',
    '  more',
    '    more',
    '      more: 1',
    '  ]',
    '    ]',
    'two"',
    '  "',
    "'",
  ],
  ...[
    '',
    '  ',
    '# word',
    '  # word',
    '---',
    '...',
    '%YAML 1.2',
    '  - &x a',
    '  - *x',
    '  - ! a',
    '? a',
    '\t- a',
    '  -\ta',
  ],
];

const parse = (text: string) => {
  const { value, violations } = new TenantsYaml(text, true);
  return violations.length === 0 ? value : undefined;
};

describe('a YAML text in parts', () => {
  it('has the value of the whole, or none', () => {
    let inParts = 0;
    const text = fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 12 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, (whole) => {
        // One item a part, so that each item ends one.
        const value = valueInParts(whole, parse, 1);
        if (value === undefined) return;
        inParts += 1;
        expect(parse(whole)).toEqual(value);
      }),
      { numRuns: 20_000 },
    );
    expect(inParts).toBeGreaterThan(200);
  });

  it('parses long lists a few items at a time', () => {
    const items = Array.from({ length: 1000 }, (_, item) => `  - { id: t${item} }\n`);
    const parts: string[] = [];
    const value = valueInParts(`# all\ntenants:\n${items.join('')}passthrough: true\n`, (part) => {
      parts.push(part);
      return parse(part);
    });
    expect(value).toEqual({ tenants: items.map((_, item) => ({ id: `t${item}` })), passthrough: true });
    expect(parts).toHaveLength(41);
  });

  it.each([
    ['a repeated key', 'a: 1\nb: 2\na: 3\n'],
    ['a second document', 'a: 1\n---\na: 2\n'],
    ['text in quotes that looks like an item', 'a:\n  - "b\n  - c"\n'],
    ['a flow collection with an end at the margin', 'a: [\nb\n]\n'],
  ])('is undefined for %s', (_what, text) => {
    expect(valueInParts(text, parse, 1)).toBeUndefined();
  });
});
