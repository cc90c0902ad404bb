import { KNOWN_SECRETS } from '../../secrets/known-secrets';
import { Secret } from '../../secrets/secret';
import { parseBaseUrl, type VariableType } from './variable-types';

type Pairs = Readonly<Record<string, string>>;

const MAX_LENGTH = 8192;
/** A token of RFC 9110 in lower or upper case. */
const HEADER_NAME = /^[!#$%&'*+.^`|~\w-]{1,100}$/;
const ATTRIBUTE_NAME = /^[\w.:/-]{1,255}$/;
const HEADER_VALUE = /^[\x20-\x7e]{0,8192}$/;
const ATTRIBUTE_VALUE = /^\P{Cc}{0,255}$/u;

/** The full address of the receiver of spans: its path is not changed. */
export function spansUrl(): VariableType<URL> {
  return {
    expected: 'an http or https URL without user-info, query and fragment',
    parse: (text) => (parseBaseUrl(text) ? new URL(text) : undefined),
  };
}

/** Headers in the form of OTEL_EXPORTER_OTLP_HEADERS. Each value may be a credential. */
export function headerPairs(): VariableType<Secret<Pairs>> {
  return {
    expected: 'name=value pairs, separated by commas, with percent-encoded values',
    secret: true,
    parse: (text) => {
      const pairs = pairsOf(text, HEADER_NAME, HEADER_VALUE);
      if (!pairs) return undefined;
      for (const value of [text, ...Object.values(pairs)]) KNOWN_SECRETS.remember('configured', Secret.of(value));
      return Secret.of(pairs);
    },
  };
}

/** Attributes in the form of OTEL_RESOURCE_ATTRIBUTES. */
export function attributePairs(): VariableType<Pairs> {
  return {
    expected: 'name=value pairs, separated by commas, with percent-encoded values',
    parse: (text) => pairsOf(text, ATTRIBUTE_NAME, ATTRIBUTE_VALUE),
  };
}

function pairsOf(text: string, name: RegExp, value: RegExp): Pairs | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const pairs = text
    .split(',')
    .filter((pair) => pair.trim() !== '')
    .map(pairOf);
  const isValid = pairs.every((pair) => pair !== undefined && name.test(pair[0]) && value.test(pair[1]));
  return isValid ? Object.fromEntries(pairs.filter((pair) => pair !== undefined)) : undefined;
}

function pairOf(pair: string): readonly [string, string] | undefined {
  const at = pair.indexOf('=');
  try {
    return at < 0 ? undefined : [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
  } catch {
    return undefined;
  }
}
