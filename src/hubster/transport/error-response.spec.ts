import { errorCodes } from './error-response';

const codesIn = (body: unknown) => errorCodes(Buffer.from(JSON.stringify(body)));
const described = (description: unknown) => codesIn({ errors: [{ code: 301, description }] });

describe('errorCodes [S-008]', () => {
  it('reads numbers, digits and PRT codes', () => {
    const errors = [{ code: 301 }, { code: '302' }, { code: 'PRT000303' }];
    expect(codesIn({ status: 400, errors })).toEqual([{ code: 301 }, { code: 302 }, { code: 303 }]);
  });

  it('reads a code in any notation, but no number that is only close to a code', () => {
    const errors = '{"errors":[{"code":301.0},{"code":3.02e2},{"code":301.00000000000000001},{"code":1e400}]}';
    expect(errorCodes(Buffer.from(errors))).toEqual([{ code: 301 }, { code: 302 }]);
  });

  it.each([0, -1, 1.5, 1e9, 'PRT', 'X301', '', null, {}, Number.NaN])('ignores the code %p', (code) => {
    expect(codesIn({ errors: [{ code }, null, [], 'x', { code: 301 }] })).toEqual([{ code: 301 }]);
  });

  it.each([[undefined], [null], ['text'], [[]], [{}], [{ errors: {} }]])('returns no code for the body %p', (body) => {
    expect(errorCodes(body === undefined ? undefined : Buffer.from(JSON.stringify(body)))).toEqual([]);
  });

  it('reads at most 20 codes', () => {
    expect(codesIn({ errors: Array(1000).fill({ code: 301 }) })).toHaveLength(20);
  });

  it('reads no code from a body over 256 KiB', () => {
    const errors = [{ code: 301 }];
    expect(codesIn({ errors, more: 'a'.repeat(200_000) })).toEqual([{ code: 301 }]);
    expect(codesIn({ errors, more: 'a'.repeat(300_000) })).toEqual([]);
  });

  it('keeps a quoted name of letters, but no other text', () => {
    expect(described("Property 'authToken' is required. (code: PRT000301)")).toEqual([
      { code: 301, property: 'authToken' },
    ]);
    for (const text of ["'s3cr3t'", "'two words'", `'${'a'.repeat(41)}'`, 'name', 5]) {
      expect(described(text)).toEqual([{ code: 301 }]);
    }
  });
});
