import type * as Api from '@opentelemetry/api';
import type { SpanStart, TraceContext, TraceSpan, Tracer } from './tracer.ts';

type OpenTelemetryApi = typeof Api;

/** Of the semantic conventions whose names the spans have. */
const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.45.0';

/** A tracer of `provider`, or of the one that the process has registered. */
export const openTelemetryTracer = (
  api: OpenTelemetryApi,
  version: string,
  provider: Api.TracerProvider = api.trace.getTracerProvider(),
): Tracer => {
  const tracer = provider.getTracer('driftline', version, { schemaUrl: SCHEMA_URL });
  const kinds = {
    client: api.SpanKind.CLIENT,
    consumer: api.SpanKind.CONSUMER,
    producer: api.SpanKind.PRODUCER,
  };

  const spanContext = ({
    traceId,
    spanId,
    flags,
    state,
    isRemote,
  }: TraceContext): Api.SpanContext => ({
    traceId,
    spanId,
    traceFlags: flags,
    isRemote: isRemote === true,
    ...(state === undefined ? {} : { traceState: api.createTraceState(state) }),
  });

  const contextOf = (span: Api.Span): TraceContext => {
    const { traceId, spanId, traceFlags, traceState } = span.spanContext();
    const state = traceState?.serialize() ?? '';
    return { traceId, spanId, flags: traceFlags, ...(state === '' ? {} : { state }) };
  };

  return {
    start: ({ name, kind, attributes, parent, links = [] }: SpanStart): TraceSpan => {
      const span = tracer.startSpan(
        name,
        {
          kind: kinds[kind],
          attributes,
          links: links.map((link) => ({ context: spanContext(link) })),
        },
        parent === undefined
          ? api.ROOT_CONTEXT
          : api.trace.setSpanContext(api.ROOT_CONTEXT, spanContext(parent)),
      );
      return {
        context: contextOf(span),
        set: (more) => void span.setAttributes(more),
        end: (errorType) => {
          if (errorType !== undefined) {
            span.setAttribute('error.type', errorType);
            span.setStatus({ code: api.SpanStatusCode.ERROR });
          }
          span.end();
        },
      };
    },
  };
};
