import { seal, unseal } from './seal';
import { Secret } from './secret';
import { SecretKeys } from './secret-keys';

const now = Secret.of('the key of today, thirty-two bytes or more');
const before = Secret.of('the key of yesterday, thirty-two bytes or more');
const keys = new SecretKeys(now);

describe('seal and unseal', () => {
  it.each(['', 'cb8c5367c3c4586e', 'é😀'.repeat(1000)])('return the sealed text', (text) => {
    expect(unseal(keys, 'here', seal(keys, 'here', text))?.reveal()).toBe(text);
  });

  it('reveal nothing of the text, and seal the same text differently each time', () => {
    const [one, two] = [seal(keys, 'here', 'cb8c5367c3c4586e'), seal(keys, 'here', 'cb8c5367c3c4586e')];

    expect(one).not.toBe(two);
    expect(one).not.toContain('cb8c5367');
    expect(one).not.toContain(Buffer.from('cb8c5367c3c4586e').toString('base64url').slice(0, 20));
  });

  it('do not unseal a text in another location', () => {
    expect(unseal(keys, 'there', seal(keys, 'here', 'text'))).toBeUndefined();
  });

  it('do not unseal a text with a changed character', () => {
    const sealed = seal(keys, 'here', 'hello');
    const changed = Array.from(sealed, (char, index) =>
      unseal(keys, 'here', `${sealed.slice(0, index)}${char === 'b' ? 'c' : 'b'}${sealed.slice(index + 1)}`),
    );

    expect(changed.filter((opened) => opened !== undefined)).toEqual([]);
  });

  it.each(['', 'sd1', 'sd1..', 'sd1.0000000000000000.AAAA', 'sd2.x', 'sd1.0000000000000000.!'])(
    'do not unseal %j',
    (text) => expect(unseal(keys, 'here', text)).toBeUndefined(),
  );

  it('unseal a text from before the rotation with SECRET_KEY_PREVIOUS, but not with an older key', () => {
    const sealed = seal(new SecretKeys(before), 'here', 'text');

    expect(unseal(new SecretKeys(now, before), 'here', sealed)?.reveal()).toBe('text');
    expect(unseal(keys, 'here', sealed)).toBeUndefined();
    expect(seal(new SecretKeys(now, before), 'here', 'text').slice(0, 20)).toBe(seal(keys, 'here', 'x').slice(0, 20));
  });
});
