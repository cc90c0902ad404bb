import fc from 'fast-check';
import { stringify } from 'yaml';
import { TenantsYaml } from './tenants-yaml';

describe('TenantsYaml', () => {
  it('reads JSON values, in block and in flow style', () => {
    const styles = [{ collectionStyle: 'block' }, { collectionStyle: 'flow' }] as const;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(...styles), (value, style) => {
        const { value: read } = new TenantsYaml(stringify(value, { ...style, aliasDuplicateObjects: false }));
        // JSON has one zero; YAML also has -0.
        expect(JSON.stringify(read)).toEqual(JSON.stringify(value));
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
    expect(new TenantsYaml(text).value).toBe(value);
  });

  it('rejects aliases and tags, so that a file cannot grow, and names their lines', () => {
    const { violations } = new TenantsYaml('all: &all [read]\nlist: *all\ntext: !!str word\nfields: !!map {}\n');
    const expected = 'a value without alias or tag';
    expect(violations).toEqual(['line 2', 'line 3', 'line 4'].map((name) => ({ name, expected })));
  });

  it('has no member of another mapping for the key __proto__', () => {
    const { value } = new TenantsYaml('__proto__: { passthrough: true }');
    expect(Object.keys(Object(value))).toEqual(['__proto__']);
    expect(Object(value).passthrough).toBeUndefined();
  });

  it('names a place by its path and line, and a missing one by the line around it', () => {
    const yaml = new TenantsYaml('tenants:\n  - id: acme\n    hubs:\n      - a\n');
    yaml.violation(['tenants', '0', 'hubs', '0'], 'another');
    yaml.violation(['tenants', '0', 'hubster'], 'a mapping');
    expect(yaml.violations.map(({ name }) => name)).toEqual([
      'tenants[0].hubster (line 2)',
      'tenants[0].hubs[0] (line 4)',
    ]);
  });

  it.each(['[', '{a: ', '- ', '? '])('rejects nesting of more than 32 levels by %j', (open) => {
    const expected = { name: 'line 1', expected: 'at most 32 nested values' };
    expect(new TenantsYaml(open.repeat(33)).violations).toEqual([expected]);
    expect(new TenantsYaml(open.repeat(20_000)).violations).toEqual([expected]);
    expect(new TenantsYaml(open.repeat(32)).violations).not.toEqual([expected]);
  });

  it('finds a repeated key among 10,000 in linear time', () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => `k${index}: 1`);
    expect(new TenantsYaml([...keys, 'k7: 2'].join('\n')).violations).toEqual([
      { name: 'line 10001', expected: 'each key once' },
    ]);
  });
});
