import { createPrivateKey, X509Certificate } from 'node:crypto';
import { KNOWN_SECRETS } from '../../secrets/known-secrets';
import { Secret } from '../../secrets/secret';
import { parseUrl } from '../../secrets/url';

/** The type of a variable: how its text becomes a value. */
export interface VariableType<T> {
  /** Ends the sentence "expected …". */
  readonly expected: string;
  /** Undefined for invalid text. */
  readonly parse: (text: string) => T | undefined;
  readonly secret?: true;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export function text(expected: string, pattern = /\S/): VariableType<string> {
  return { expected, parse: (value) => (pattern.test(value) ? value : undefined) };
}

export function integer(min: number, max: number): VariableType<number> {
  return {
    expected: `a whole number from ${min} to ${max}`,
    parse: (value) => (/^\d{1,15}$/.test(value) ? within(Number(value), min, max) : undefined),
  };
}

/** A number from 0 to 1, such as `0.25`. */
export function share(): VariableType<number> {
  return {
    expected: 'a number from 0 to 1',
    parse: (value) => (/^\d(\.\d{1,9})?$/.test(value) ? within(Number(value), 0, 1) : undefined),
  };
}

/** A duration such as `500ms`, `30s`, `5m`, `2h`, `400d`, in milliseconds. */
export function duration(min: string, max: string): VariableType<number> {
  const [least, most] = [milliseconds(min), milliseconds(max)];
  return {
    expected: `a duration from ${min} to ${max}, such as 500ms, 30s or 5m`,
    parse: (value) => within(milliseconds(value), least, most),
  };
}

export function choice<T extends string>(...options: readonly T[]): VariableType<T> {
  return { expected: listed(options), parse: (value) => options.find((option) => option === value) };
}

export function flag(): VariableType<boolean> {
  const values = new Map([
    ['true', true],
    ['on', true],
    ['false', false],
    ['off', false],
  ]);
  return { expected: listed([...values.keys()]), parse: (value) => values.get(value) };
}

/** A base URL. Its path ends with a slash, so that a URL resolved against it keeps the path prefix. */
export function baseUrl(): VariableType<URL> {
  return {
    expected: 'an http or https URL without user-info, query and fragment',
    parse: parseBaseUrl,
  };
}

export function parseBaseUrl(text: string): URL | undefined {
  if (!/^https?:\/\/[^/\\?#@\s]+(\/[^\\?#\s]*)?$/i.test(text)) return undefined;
  const url = parseUrl(text.endsWith('/') ? text : `${text}/`);
  return url?.port === '0' ? undefined : url;
}

/** Whether the URL is plain http to another machine. The WHATWG parser has already normalised addresses such as `127.1`. */
export function isRemoteHttp({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/** An origin as browsers send it (RFC 6454). */
export function origin(): VariableType<string> {
  return {
    expected: 'an origin such as https://app.example.com',
    parse: (value) => (/^https?:/.test(value) && parseUrl(value)?.origin === value ? value : undefined),
  };
}

/** Values separated by commas. */
export function list<T>(item: VariableType<T>): VariableType<readonly T[]> {
  return {
    expected: `${item.expected}; or several, separated by commas`,
    parse: (value) => {
      const items = value.split(',').map((part) => item.parse(part.trim()));
      return items.every((parsed) => parsed !== undefined) ? items : undefined;
    },
  };
}

/** A value of another type that is never shown. */
export function secret(type: VariableType<string>): VariableType<Secret> {
  return {
    expected: type.expected,
    secret: true,
    parse: (value) => {
      const parsed = type.parse(value);
      if (parsed === undefined) return undefined;
      const secret = Secret.of(parsed);
      KNOWN_SECRETS.remember('configured', secret);
      return secret;
    },
  };
}

/** One or more certificates in PEM. */
export function certificates(): VariableType<string> {
  return { expected: 'a certificate in PEM', parse: (value) => parsed(value, (pem) => new X509Certificate(pem)) };
}

/** A private key in PEM without a passphrase. */
export function privateKey(): VariableType<string> {
  return { expected: 'a private key in PEM without a passphrase', parse: (value) => parsed(value, createPrivateKey) };
}

function parsed(value: string, parse: (value: string) => unknown): string | undefined {
  try {
    parse(value);
    return value;
  } catch {
    return undefined;
  }
}

function within(value: number, min: number, max: number): number | undefined {
  return value >= min && value <= max ? value : undefined;
}

/** NaN for text that is not a duration. */
function milliseconds(value: string): number {
  const [, amount, unit = ''] = /^(\d{1,9})([a-z]{1,2})$/.exec(value) ?? [];
  return Number(amount) * (UNITS[unit] ?? Number.NaN);
}

function listed(options: readonly string[]): string {
  return [options.slice(0, -1).join(', '), ...options.slice(-1)].join(' or ');
}
