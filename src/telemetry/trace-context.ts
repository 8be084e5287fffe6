import type { TraceContext } from './tracer.ts';

/** The headers of W3C Trace Context, level 1: on records as on HTTP requests. */
const TRACEPARENT = 'traceparent';
const TRACESTATE = 'tracestate';

type HeaderValue = Buffer | string | readonly (Buffer | string)[] | undefined;
type Headers = Readonly<Record<string, HeaderValue>>;

const VERSION_00_LENGTH = 55;
/** A later version may have more behind those 55; nobody sends much of it. */
const MAX_TRACEPARENT = 256;
/** What W3C asks to propagate at least; a longer one is left out as a whole, which it allows. */
const MAX_TRACESTATE = 512;

const PATTERN = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;
const ONLY_ZEROS = /^0+$/;
const STATE = /^[\x20-\x7e]+$/;

/** The only value of a header, where it is not longer than `most` bytes. */
const single = (value: HeaderValue, most: number): string | undefined => {
  const isOne = value === undefined || typeof value === 'string' || Buffer.isBuffer(value);
  const values = isOne ? [value] : value;
  const [only] = values;
  return values.length === 1 && only !== undefined && only.length <= most
    ? only.toString()
    : undefined;
};

/** The context that a record carries; undefined where it carries none, or what W3C Trace Context does not allow. */
export const readTraceContext = (headers: Headers): TraceContext | undefined => {
  if (headers[TRACEPARENT] === undefined) return undefined;
  const text = single(headers[TRACEPARENT], MAX_TRACEPARENT);
  const [, version, traceId, spanId, flags] = PATTERN.exec(text ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === 'ff' || (version === '00' && text?.length !== VERSION_00_LENGTH))
    return undefined;
  if (ONLY_ZEROS.test(traceId) || ONLY_ZEROS.test(spanId)) return undefined;
  const state = single(headers[TRACESTATE], MAX_TRACESTATE);
  return {
    traceId,
    spanId,
    flags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(state !== undefined && STATE.test(state) ? { state } : {}),
  };
};

/** The headers that carry a context on, in version 00, which knows the sampled flag only. */
export const traceHeaders = ({
  traceId,
  spanId,
  flags,
  state,
}: TraceContext): Readonly<Record<string, string>> => ({
  [TRACEPARENT]: `00-${traceId}-${spanId}-0${flags & 1}`,
  ...(state === undefined ? {} : { [TRACESTATE]: state }),
});
