const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** One text for each numeric value: `12e-1` for 1.2, 1.20 and 0.12e1. Takes linear time. */
export function canonicalDecimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', shift = '0'] = PARTS.exec(text) ?? [];
  const digits = whole + fraction;
  const start = countLeadingZeros(digits);
  if (start === digits.length) return '0';
  const end = digits.length - countTrailingZeros(digits);
  const exponent = Number(shift) + whole.length - end;
  // An exponent beyond the safe integers cannot be normalised: such numbers are equal only if written alike.
  if (!Number.isSafeInteger(exponent)) return text;
  return `${sign}${digits.slice(start, end)}e${exponent}`;
}

function countLeadingZeros(digits: string): number {
  let count = 0;
  while (digits[count] === '0') count += 1;
  return count;
}

/** A loop, because the pattern `0+$` takes quadratic time for zeros that are not at the end. */
function countTrailingZeros(digits: string): number {
  let count = 0;
  while (digits[digits.length - 1 - count] === '0') count += 1;
  return count;
}
