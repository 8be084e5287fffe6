import type { Section } from '../section.ts';

export const http = {
  host: {
    doc: 'Address that /livez, /readyz and /metrics are served on. They ask for no credentials: open them (0.0.0.0) only to a network that may see them.',
    format: 'text',
    default: '127.0.0.1',
    env: 'DRIFTLINE_HTTP_HOST',
  },
  port: {
    doc: 'Port of /livez, /readyz and /metrics; 0 takes a free one.',
    format: 'port',
    default: 9464,
    env: 'DRIFTLINE_HTTP_PORT',
  },
  readyGraceMs: {
    doc: 'How long Kafka, OpenSearch or the membership of the group may be away before /readyz says no: a broker that restarts, or a rebalance, is no reason to.',
    format: 'milliseconds',
    unit: 'ms',
    default: 15_000,
    env: 'DRIFTLINE_HTTP_READY_GRACE_MS',
  },
} as const satisfies Section;

export const shutdown = {
  graceMs: {
    doc: 'Time that units under way have to finish after SIGTERM. Below the grace period of the supervisor.',
    format: 'milliseconds',
    unit: 'ms',
    default: 25_000,
    env: 'DRIFTLINE_SHUTDOWN_GRACE_MS',
  },
} as const satisfies Section;

export const watchdog = {
  stallMs: {
    doc: 'End the process when an assigned consumer showed no sign of life (fetch, heartbeat, unit) for this long.',
    format: 'milliseconds',
    unit: 'ms',
    default: 120_000,
    env: 'DRIFTLINE_WATCHDOG_STALL_MS',
  },
} as const satisfies Section;

export const log = {
  level: {
    doc: 'Least level of the lines on stdout. A change in the configuration file counts within five seconds.',
    format: 'log-level',
    default: 'info',
    env: 'DRIFTLINE_LOG_LEVEL',
  },
} as const satisfies Section;

export const traces = {
  enabled: {
    doc: 'Make spans of units, by the messaging conventions of OpenTelemetry, and put their context into the headers of drift candidates. Takes packages that are optional: npm install @opentelemetry/api @opentelemetry/sdk-trace @opentelemetry/resources @opentelemetry/exporter-trace-otlp-http. The variables OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_* and OTEL_SDK_DISABLED count.',
    format: 'flag',
    default: false,
    env: 'DRIFTLINE_TRACES_ENABLED',
  },
  endpoint: {
    doc: 'URL that spans are posted to, OTLP over HTTP as JSON, such as http://collector:4318/v1/traces. Not set: as OTEL_EXPORTER_OTLP_TRACES_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT say, otherwise http://localhost:4318/v1/traces.',
    format: 'url',
    default: null,
    env: 'DRIFTLINE_TRACES_ENDPOINT',
  },
} as const satisfies Section;
