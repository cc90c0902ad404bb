import { transportCauseOf } from './transport-cause';

const coded = (code: string, cause?: unknown) => Object.assign(new Error(`secret ${code}`, { cause }), { code });

describe('transportCauseOf', () => {
  it.each([
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['ECONNREFUSED', 'refused'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ENETUNREACH', 'unreachable'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['ETIMEDOUT', 'timeout'],
    ['ECONNRESET', 'reset'],
    ['UND_ERR_SOCKET', 'reset'],
    ['EPIPE', 'reset'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['EMFILE', 'other'],
  ])('maps %s to %s', (code, cause) => {
    expect(transportCauseOf(coded(code))).toBe(cause);
    expect(transportCauseOf(new TypeError('fetch failed', { cause: coded(code) }))).toBe(cause);
  });

  it('accepts any value, even a circular one', () => {
    const circle = coded('none');
    circle.cause = circle;
    for (const thrown of [undefined, null, 'ENOTFOUND', 7, new Error('ECONNREFUSED'), { code: 7 }, circle])
      expect(transportCauseOf(thrown)).toBe('other');
    expect(transportCauseOf(AbortSignal.timeout(0).reason ?? new DOMException('late', 'TimeoutError'))).toBe('timeout');
  });
});
