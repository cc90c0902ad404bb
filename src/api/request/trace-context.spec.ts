import { type IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { traceHeaders } from '../../context/span';
import { traceContextOf } from './trace-context';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const VALID = `00-${TRACE}-${SPAN}-01`;

function contextOf(headers: IncomingHttpHeaders) {
  const message = new IncomingMessage(new Socket());
  Object.assign(message.headers, headers);
  return traceContextOf(message);
}

describe('the place of a caller in its trace (W3C Trace Context)', () => {
  it.each([
    ['00', true, '01'],
    ['00', false, '00'],
    ['cc', true, '03'],
    ['00', false, 'fe'],
  ])('is read from version %s, sampled: %s, flags %s [S-846]', (version, isSampled, flags) => {
    const place = contextOf({ traceparent: `${version}-${TRACE}-${SPAN}-${flags}` });
    expect(place).toEqual({ traceId: TRACE, parentId: SPAN, isSampled });
    expect(place && traceHeaders(place)).toEqual({ traceparent: `00-${TRACE}-${SPAN}-0${isSampled ? 1 : 0}` });
  });

  it.each([
    undefined,
    '',
    TRACE,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
  ])('is ignored for %j [S-846]', (traceparent) => {
    expect(contextOf(traceparent === undefined ? {} : { traceparent, tracestate: 'a=1' })).toBeUndefined();
  });

  it.each([
    ['a=1', 'a=1'],
    [' a=1 ,, t@b=x y z', 'a=1,t@b=x y z'],
    [Array.from({ length: 32 }, (_, index) => `k${index}=1`).join(','), undefined],
  ])('keeps the state %j', (tracestate, expected = tracestate) => {
    expect(contextOf({ traceparent: VALID, tracestate })?.tracestate).toBe(expected);
  });

  it.each([
    '',
    ',',
    'a',
    'A=1',
    'a=é',
    'a=1=2',
    `a=${'x'.repeat(600)}`,
    Array.from({ length: 33 }, (_, index) => `k${index}=1`).join(','),
  ])('leaves out the state %j', (tracestate) => {
    expect(contextOf({ traceparent: VALID, tracestate })).toEqual({ traceId: TRACE, parentId: SPAN, isSampled: true });
  });

  it('is ignored where it shows the key of its request', () => {
    const key = (part: string) => ({ 'x-api-key': `sd_${part}` });
    expect(contextOf({ traceparent: VALID, ...key(TRACE.slice(4, 20)) })).toBeUndefined();
    expect(contextOf({ traceparent: VALID, ...key(SPAN) })).toBeUndefined();
    expect(contextOf({ traceparent: VALID, ...key('another-key') })?.traceId).toBe(TRACE);
    const withState = contextOf({ traceparent: VALID, tracestate: 'a=another-key', ...key('another-key') });
    expect(withState).toEqual({ traceId: TRACE, parentId: SPAN, isSampled: true });
  });
});
