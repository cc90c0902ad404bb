import { PRT_MEANINGS, prtCode } from './prt';
import { violation } from './violation';

/** Hubster's public error codes by status. */
const HUBSTER_STATUSES: Readonly<Record<number, readonly number[]>> = {
  400: [
    200, 201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211, 212, 300, 301, 302, 303, 304, 305, 306, 307, 308, 400,
    401, 600, 700, 701,
  ],
  401: [102],
  403: [101, 110],
  404: [105, 599, 699, 799],
  408: [108],
  409: [106],
  410: [104],
  417: [107, 109],
  500: [100],
  501: [103],
};

describe('PRT_MEANINGS', () => {
  it('has exactly the codes and statuses of Hubster [S-012]', () => {
    const known = [...PRT_MEANINGS].map(([code, { status }]) => [code, status]);
    const documented = Object.entries(HUBSTER_STATUSES).flatMap(([status, codes]) =>
      codes.map((code) => [code, Number(status)]),
    );
    expect(known.sort()).toEqual(documented.sort());
  });

  it.each([...PRT_MEANINGS])('%d has a sentence, with and without a property [S-008]', (code, { text }) => {
    expect(text(undefined)).toMatch(/^[A-Z].+\.$/);
    expect(text('name')).toMatch(/^[A-Z].+\.$/);
    expect(violation(code).description).not.toContain('undefined');
  });

  it('has codes of six digits', () => {
    expect([prtCode(301), prtCode(799)]).toEqual(['PRT000301', 'PRT000799']);
  });
});
