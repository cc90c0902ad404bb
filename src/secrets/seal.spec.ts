import { seal, unseal } from './seal';
import { Secret } from './secret';
import { SecretKeys } from './secret-keys';

const keys = new SecretKeys(Secret.of('k'.repeat(32)));
const flipped = (sealed: string) => {
  const bytes = Buffer.from(sealed, 'base64url');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString('base64url');
};

describe('seal (N1)', () => {
  it('opens in its place only', () => {
    const sealed = seal(keys, 'here', 'text ü');
    expect(unseal(keys, 'here', sealed)).toBe('text ü');
    expect(unseal(keys, 'there', sealed)).toBeUndefined();
  });

  it('shows nothing of the text, and never the same twice', () => {
    const sealed = seal(keys, 'here', 'hunter2-hunter2');
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('hunter2');
    expect(seal(keys, 'here', 'hunter2-hunter2')).not.toBe(sealed);
  });

  it.each([
    ['what was changed', flipped(seal(keys, 'here', 'text'))],
    ['what another key sealed', seal(new SecretKeys(Secret.of('x'.repeat(32))), 'here', 'text')],
    ['what is too short', 'AAAA'],
    ['nothing', ''],
  ])('does not open %s', (_what, sealed) => {
    expect(unseal(keys, 'here', sealed)).toBeUndefined();
  });
});
