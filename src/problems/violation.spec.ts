import fc from 'fast-check';
import { parameterViolation, pointerOf, violation } from './violation';

describe('violation', () => {
  it('has code, pointer and description in the shape of Hubster [S-713]', () => {
    expect(violation(301, '/configuration/authToken')).toEqual({
      code: 301,
      pointer: '/configuration/authToken',
      description: "Property 'authToken' is required. (code: PRT000301)",
    });
  });

  it('names the property without the escapes of the pointer', () => {
    expect(violation(303, '/a~1b~01c').description).toContain("'a/b~1c'");
  });

  it.each([
    ['the request as a whole', undefined],
    ['its root', ''],
    ['a property without a name', '/'],
  ])('names no property for %s', (_what, pointer) => {
    expect(violation(301, pointer).description).toBe('Property is required. (code: PRT000301)');
  });

  it('has no pointer for the request as a whole', () => {
    expect(violation(300)).toEqual({ code: 300, description: 'The body is missing. (code: PRT000300)' });
  });

  it('replaces the general sentence by a given one', () => {
    expect(violation(206, '/name', 'White space.').description).toBe('White space. (code: PRT000206)');
  });

  it('has a general sentence for an undocumented code [S-008]', () => {
    expect(violation(9).description).toBe('Hubster responded with an undocumented code. (code: PRT000009)');
  });
});

describe('parameterViolation', () => {
  it('names the parameter and has no pointer', () => {
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
  ])('encodes %j as %s', (path, pointer) => {
    expect(pointerOf(...path)).toBe(pointer);
  });

  it('can be decoded, whatever the keys are', () => {
    const decoded = (pointer: string) =>
      pointer
        .split('/')
        .slice(1)
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    fc.assert(fc.property(fc.array(fc.string()), (path) => expect(decoded(pointerOf(...path))).toEqual(path)));
  });
});
