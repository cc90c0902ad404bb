import { type PortalError, portalError, rejectIfAny } from './portal-error';

interface Page {
  /** From 0. */
  readonly pageNumber: number;
  readonly pageSize: number;
}

/** `pageNumber` (0) and `pageSize` (50, 1 to 100). Throws PRT000207, 209, 210 (S-602 to S-604). */
export function readPage(query: URLSearchParams): Page {
  const errors: PortalError[] = [];
  const read = (name: string, fallback: number): number => {
    const value = query.get(name);
    if (value === null) return fallback;
    if (/^-?\d{1,9}$/.test(value)) return Number(value);
    errors.push(portalError(210, `Parameter '${name}' is not a number.`));
    return fallback;
  };
  const pageNumber = read('pageNumber', 0);
  const pageSize = read('pageSize', 50);
  if (pageNumber < 0) errors.push(portalError(209, "Parameter 'pageNumber' must be greater than or equal to zero."));
  if (pageSize < 1 || pageSize > 100) errors.push(portalError(207, "Parameter 'pageSize' must be from 1 to 100."));
  rejectIfAny(errors);
  return { pageNumber, pageSize };
}
