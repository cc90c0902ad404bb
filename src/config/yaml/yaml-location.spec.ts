import type { ConfigViolation } from '../config-error';
import { YamlLocation } from './yaml-location';

describe('YamlLocation', () => {
  it('rejects aliases and tags, so that a file cannot grow, and names them as the reason', () => {
    const violations: ConfigViolation[] = [];
    const text = 'all: &all [read]\nlist: *all\ntext: !!str word\nfields: !!map {}\n';
    const field = YamlLocation.root(text, violations).fields(['all', 'list', 'text', 'fields']);
    expect(field('all').items('a list', 1)).toHaveLength(1);
    expect(field('list').items('a list', 1)).toEqual([]);
    expect(field('text').text('a word')).toBe('');
    field('fields').fields(['a']);
    expect(violations).toEqual([
      { name: 'list (line 2)', expected: 'a list, without alias or tag' },
      { name: 'text (line 3)', expected: 'a word, without alias or tag' },
      { name: 'fields (line 4)', expected: 'a mapping of a, without alias or tag' },
    ]);
  });
});
