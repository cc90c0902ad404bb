import type { HeaderList } from './header-list';

/** Against browsers that guess types, frame pages or tell where they come from. No transport security: TLS ends elsewhere. */
const ALWAYS: HeaderList = [
  'x-content-type-options',
  'nosniff',
  'x-frame-options',
  'DENY',
  'referrer-policy',
  'no-referrer',
];

/** Answers are data: nothing in them may run or load anything. */
export const DATA_HEADERS: HeaderList = [
  ...ALWAYS,
  'content-security-policy',
  "default-src 'none'; frame-ancestors 'none'",
];

/** Swagger UI starts from a script in its page and styles itself; everything comes from this origin. */
const DOCS_HEADERS: HeaderList = [
  ...ALWAYS,
  'content-security-policy',
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
];

export function securityHeadersOf(url: string): HeaderList {
  return /^\/docs([/?]|$)/.test(url) ? DOCS_HEADERS : DATA_HEADERS;
}
