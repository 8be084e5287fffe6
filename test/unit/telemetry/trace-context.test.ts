import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTraceContext, traceHeaders } from '../../../src/telemetry/trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const PARENT = `00-${TRACE}-${SPAN}-01`;

const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''))
    .filter((text) => /[1-9a-f]/.test(text));

describe('readTraceContext', () => {
  it('reads what a producer has put into the headers, as text or bytes', () => {
    const expected = { traceId: TRACE, spanId: SPAN, flags: 1, state: 'a=1', isRemote: true };
    expect(readTraceContext({ traceparent: PARENT, tracestate: 'a=1' })).toEqual(expected);
    expect(
      readTraceContext({ traceparent: Buffer.from(PARENT), tracestate: [Buffer.from('a=1')] }),
    ).toEqual(expected);
  });

  it('takes a later version for what it has in common with version 00', () => {
    expect(readTraceContext({ traceparent: `cc-${TRACE}-${SPAN}-01-what-comes` })).toMatchObject({
      traceId: TRACE,
      flags: 1,
    });
  });

  it.each([
    ['nothing', undefined],
    ['another text', 'no context'],
    ['capital letters', PARENT.toUpperCase()],
    ['an id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['more than version 00 has', `${PARENT}-more`],
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['two values', [PARENT, PARENT]],
    ['a long text', `cc-${TRACE}-${SPAN}-01-${'x'.repeat(300)}`],
  ])('finds none in %s', (_name, traceparent) => {
    expect(readTraceContext({ traceparent })).toBeUndefined();
  });

  it.each([
    ['too long', 'x'.repeat(513)],
    ['with a line end', 'a=1\nb=2'],
  ])('leaves out a state that is %s, and keeps the context', (_name, tracestate) => {
    const context = readTraceContext({ traceparent: PARENT, tracestate });
    expect(context).toEqual({ traceId: TRACE, spanId: SPAN, flags: 1, isRemote: true });
  });

  it('never throws, whatever stands in a header', () => {
    const value = fc.oneof(fc.string(), fc.uint8Array().map(Buffer.from));
    fc.assert(
      fc.property(value, value, (traceparent, tracestate) => {
        readTraceContext({ traceparent, tracestate });
      }),
    );
  });
});

it('reads the headers that it has written', () => {
  fc.assert(
    fc.property(hex(32), hex(16), fc.integer({ min: 0, max: 1 }), (traceId, spanId, flags) => {
      const context = { traceId, spanId, flags, state: 'vendor=value' };
      expect(readTraceContext(traceHeaders(context))).toEqual({ ...context, isRemote: true });
    }),
  );
});
