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
