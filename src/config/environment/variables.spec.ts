import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '../../secrets/secret';
import { CONFIG_VARIABLES } from './variables';

describe('CONFIG_VARIABLES', () => {
  it('is the table of docs/configuration.md, row by row', () => {
    const document = readFileSync(join(__dirname, '../../../docs/configuration.md'), 'utf8');
    const rows = Object.entries(CONFIG_VARIABLES).map(([name, { kind, defaultText, about }]) => {
      return [name, defaultText, about, kind.secret ? `${kind.expected}; secret` : kind.expected];
    });
    const shown = document.split('\n').filter((line) => /^\| [A-Z][A-Z_]+ \|/.test(line));
    expect(
      shown.map((line) =>
        line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      ),
    ).toEqual(rows);
  });

  it('wraps every value that opens something', () => {
    const secrets = Object.entries(CONFIG_VARIABLES).filter(([, { kind }]) => kind.secret);
    expect(secrets.map(([name]) => name)).toEqual([
      'HUBSTER_CLIENT_SECRET',
      'STAGEDOOR_API_KEY',
      'SECRET_KEY',
      'SECRET_KEY_PREVIOUS',
      'REDIS_URL',
    ]);
    for (const [, { kind }] of secrets) expect(kind.parse(`redis://${'k'.repeat(32)}`)).toBeInstanceOf(Secret);
  });
});
