import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '../../secrets/secret';
import { CONFIG_VARIABLES } from './variables';

const { privateKey: PRIVATE_KEY } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

describe('CONFIG_VARIABLES', () => {
  it('equals the table of docs/configuration.md', () => {
    const document = readFileSync(join(__dirname, '../../../docs/configuration.md'), 'utf8');
    const rows = Object.entries(CONFIG_VARIABLES).map(([name, { type, defaultText, about }]) => {
      return [name, defaultText, about, type.secret ? `${type.expected}; secret` : type.expected];
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

  it('wraps every secret', () => {
    const secrets = Object.entries(CONFIG_VARIABLES).filter(([, { type }]) => type.secret);
    expect(secrets.map(([name]) => name)).toEqual([
      'HTTPS_PROXY',
      'HTTP_PROXY',
      'HUBSTER_CLIENT_SECRET',
      'STAGEDOOR_API_KEY',
      'SECRET_KEY',
      'SECRET_KEY_PREVIOUS',
      'REDIS_URL',
      'REDIS_COORDINATION_URL',
      'REDIS_SENTINEL_PASSWORD',
      'REDIS_CLIENT_KEY',
      'AUDIT_DATABASE_URL',
      'OTEL_EXPORTER_OTLP_HEADERS',
    ]);
    const texts = [
      PRIVATE_KEY,
      `key=${'k'.repeat(32)}`,
      `redis://${'k'.repeat(32)}`,
      `postgres://user:${'k'.repeat(32)}@host/trail`,
      'http://user:password@proxy',
    ];
    for (const [, { type }] of secrets)
      expect(texts.map((text) => type.parse(text))).toContainEqual(expect.any(Secret));
  });
});
