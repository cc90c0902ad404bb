import { inspect } from 'node:util';
import { MASK, Secret } from './secret';

describe('Secret', () => {
  const secret = Secret.of('hunter2-hunter2');

  it.each([
    ['a template', `${secret}`],
    ['concatenation', `x${String(secret)}`],
    ['JSON at any depth', JSON.stringify({ a: [{ secret }] })],
    ['inspect', inspect({ a: { b: { c: { secret } } } }, { depth: 10, showHidden: true, getters: true })],
    ['own keys', Object.values(secret).join()],
    ['an error message', new Error(`bad: ${secret}`).message],
  ])('prints as its mask in %s', (_way, printed) => {
    expect(printed).not.toContain('hunter2');
  });

  it('reveals its value only through reveal', () => {
    expect(secret.reveal()).toBe('hunter2-hunter2');
    expect(String(secret)).toBe(MASK);
  });

  it('contains values of any type', () => {
    expect(Secret.of({ nested: ['a'] }).reveal()).toEqual({ nested: ['a'] });
    expect(JSON.stringify(Secret.of({ nested: ['a'] }))).toBe(`"${MASK}"`);
  });
});
