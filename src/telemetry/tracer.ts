/** Which span it is, as W3C Trace Context carries it from process to process. */
export interface TraceContext {
  /** 32 and 16 hexadecimal digits in small letters, not all of them 0. */
  readonly traceId: string;
  readonly spanId: string;
  /** One byte; its lowest bit: the span is sampled. */
  readonly flags: number;
  /** The header `tracestate` as received. */
  readonly state?: string;
  /** Of another process. */
  readonly isRemote?: true;
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanStart {
  readonly name: string;
  readonly kind: 'client' | 'consumer' | 'producer';
  readonly attributes: SpanAttributes;
  /** Without it the span begins a trace. */
  readonly parent?: TraceContext;
  readonly links?: readonly TraceContext[];
}

export interface TraceSpan {
  readonly context: TraceContext;
  set(attributes: SpanAttributes): void;
  /** `errorType`: from a closed list; the span is an error then. Nothing is kept of an error's message. */
  end(errorType?: string): void;
}

/** Starts spans. Never throws. */
export interface Tracer {
  start(span: SpanStart): TraceSpan;
}
