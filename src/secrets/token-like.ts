/** Shorter texts are not considered tokens. */
const MIN_TOKEN_LENGTH = 16;
/** Longer texts are considered tokens without a check. */
const MAX_EXAMINED_LENGTH = 1024;
const MAX_WORD_LENGTH = 20;
const ONLY_LOWER_CASE = /^\p{Ll}+$/u;
const FIVE_CONSONANTS = /[b-df-hj-np-tv-xz]{5}/;
const VOWEL = /[^b-df-hj-np-tv-xz]/;

const SECRET_NAME =
  /token|key|secret|sig|code|pass|pwd|auth|cred|sas|jwt|hmac|hash|nonce|bearer|ticket|cookie|session|csrf|xsrf|private|salt|login|(?:^|[^a-z])(?:otp|pin|pw|sid)(?:$|[^a-z])/i;

/**
 * Whether a text could be a token: 16 or more characters that are not plain words. A plain word is of lower-case letters and can be
 * pronounced; anything but letters and digits separates words. A digit or a capital makes a text of this length a possible token.
 */
export function mayBeToken(text: string): boolean {
  if (text.length < MIN_TOKEN_LENGTH) return false;
  return (
    text.length > MAX_EXAMINED_LENGTH || !text.split(/[^\p{L}\p{N}]/u).every((word) => word === '' || isPlain(word))
  );
}

function isPlain(word: string): boolean {
  if (word.length > MAX_WORD_LENGTH || !ONLY_LOWER_CASE.test(word)) return false;
  return VOWEL.test(word) && !FIVE_CONSONANTS.test(word);
}

/** Whether a value under this name is probably secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}
