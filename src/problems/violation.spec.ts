import fc from 'fast-check';
import { parameterViolation, pointerOf, violation } from './violation';

describe('violation', () => {
  it('names code, pointer and property as Hubster does [S-713]', () => {
    expect(violation(301, '/configuration/authToken')).toEqual({
      code: 301,
      pointer: '/configuration/authToken',
      description: "Property 'authToken' is required. (code: PRT000301)",
    });
  });

  it('names a property as it is, not as its pointer spells it', () => {
    expect(violation(303, '/a~1b~01c').description).toContain("'a/b~1c'");
  });

  it.each([
    ['the request as a whole', undefined],
    ['its root', ''],
    ['a property without a name', '/'],
  ])('speaks of %s without naming a property', (_what, pointer) => {
    expect(violation(301, pointer).description).toBe('Property is required. (code: PRT000301)');
  });

  it('leaves the pointer out where there is no place', () => {
    expect(violation(300)).toEqual({ code: 300, description: 'The body is missing. (code: PRT000300)' });
  });

  it('puts a sentence of a rule in place of the general one', () => {
    expect(violation(206, '/name', 'White space.').description).toBe('White space. (code: PRT000206)');
  });

  it('has a general sentence for a code that nobody documented [S-008]', () => {
    expect(violation(9).description).toBe('Hubster gave a code that is not documented. (code: PRT000009)');
  });
});

describe('parameterViolation', () => {
  it('names the parameter, and no place in a body', () => {
    expect(parameterViolation(203, 'hubId')).toEqual({
      code: 203,
      parameter: 'hubId',
      description: "Parameter 'hubId' is not a GUID. (code: PRT000203)",
    });
  });
});

describe('pointerOf (RFC 6901)', () => {
  it.each([
    [[], ''],
    [[''], '/'],
    [['a/b'], '/a~1b'],
    [['m~n'], '/m~0n'],
    [['~1'], '/~01'],
    [['start', 0, 'type'], '/start/0/type'],
  ])('%j is %s', (path, pointer) => {
    expect(pointerOf(...path)).toBe(pointer);
  });

  it('can be read back, whatever the keys are', () => {
    const decoded = (pointer: string) =>
      pointer
        .split('/')
        .slice(1)
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    fc.assert(fc.property(fc.array(fc.string()), (path) => expect(decoded(pointerOf(...path))).toEqual(path)));
  });
});
