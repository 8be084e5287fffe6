import type { Section } from '../section.ts';

export const opensearch = {
  nodes: {
    doc: 'Nodes to send requests to. No other node is looked up, and no redirect is followed.',
    format: 'urls',
    default: ['http://localhost:9200'],
    env: 'DRIFTLINE_OPENSEARCH_NODES',
  },
  username: {
    doc: 'User name for basic authentication.',
    format: 'text',
    default: null,
    env: 'DRIFTLINE_OPENSEARCH_USERNAME',
  },
  password: {
    doc: 'Password for basic authentication. Prefer opensearch.passwordFile.',
    format: 'secret',
    default: null,
    env: 'DRIFTLINE_OPENSEARCH_PASSWORD',
    sensitive: true,
  },
  passwordFile: {
    doc: 'File that holds the password. Read again after OpenSearch refused it, so that it can be rotated.',
    format: 'path',
    default: null,
    env: 'DRIFTLINE_OPENSEARCH_PASSWORD_FILE',
  },
  caFile: {
    doc: 'PEM file of the certificate authorities to trust in place of the system ones.',
    format: 'path',
    default: null,
    env: 'DRIFTLINE_OPENSEARCH_CA_FILE',
  },
  requestTimeoutMs: {
    doc: 'A request fails, and is tried again, after this long.',
    format: 'milliseconds',
    unit: 'ms',
    default: 30_000,
    env: 'DRIFTLINE_OPENSEARCH_REQUEST_TIMEOUT_MS',
  },
  indexes: {
    auditEvents: {
      doc: 'Alias of the audit events; an index name is this and the day.',
      format: 'index-name',
      default: 'audit-events',
      env: 'DRIFTLINE_OPENSEARCH_INDEXES_AUDIT_EVENTS',
    },
    driftCandidates: {
      doc: 'Alias of the drift candidates; an index name is this and the month.',
      format: 'index-name',
      default: 'drift-candidates',
      env: 'DRIFTLINE_OPENSEARCH_INDEXES_DRIFT_CANDIDATES',
    },
    desiredState: {
      doc: 'Index of the desired resources.',
      format: 'index-name',
      default: 'desired-state',
      env: 'DRIFTLINE_OPENSEARCH_INDEXES_DESIRED_STATE',
    },
  },
  quarantine: {
    pastDays: {
      doc: 'An act that lies more days before its record came to Kafka goes to the index <alias>-quarantine, not to one of its own day. The alias finds it there, too.',
      format: 'count',
      unit: 'days',
      default: 1_100,
      env: 'DRIFTLINE_OPENSEARCH_QUARANTINE_PAST_DAYS',
    },
    futureDays: {
      doc: 'The same for an act that lies more days after its record came to Kafka.',
      format: 'count',
      unit: 'days',
      default: 2,
      env: 'DRIFTLINE_OPENSEARCH_QUARANTINE_FUTURE_DAYS',
    },
  },
  bulk: {
    maxBytes: {
      doc: 'Most bytes of one bulk request. A larger document is sent alone. Below http.max_content_length of OpenSearch.',
      format: 'bytes',
      unit: 'bytes',
      default: 4_194_304,
      env: 'DRIFTLINE_OPENSEARCH_BULK_MAX_BYTES',
    },
    maxDocuments: {
      doc: 'Most documents of one bulk request.',
      format: 'count',
      unit: 'documents',
      default: 2_000,
      env: 'DRIFTLINE_OPENSEARCH_BULK_MAX_DOCUMENTS',
    },
    concurrency: {
      doc: 'Most bulk requests that one process has under way at the same time: halved when OpenSearch is overloaded, grown again as it recovers.',
      format: 'count',
      unit: 'requests',
      default: 4,
      env: 'DRIFTLINE_OPENSEARCH_BULK_CONCURRENCY',
    },
  },
  retry: {
    initialDelayMs: {
      doc: 'Most time before the first retry; doubled for each further one. The time taken is random between zero and that.',
      format: 'milliseconds',
      unit: 'ms',
      default: 200,
      env: 'DRIFTLINE_OPENSEARCH_RETRY_INITIAL_DELAY_MS',
    },
    maxDelayMs: {
      doc: 'Most random time between two tries. What OpenSearch asks for (Retry-After, at most 10 minutes) comes on top.',
      format: 'milliseconds',
      unit: 'ms',
      default: 30_000,
      env: 'DRIFTLINE_OPENSEARCH_RETRY_MAX_DELAY_MS',
    },
    blockedDelayMs: {
      doc: 'Time between two tries while somebody has to act: a write block, a closed or missing index, refused credentials.',
      format: 'milliseconds',
      unit: 'ms',
      default: 10_000,
      env: 'DRIFTLINE_OPENSEARCH_RETRY_BLOCKED_DELAY_MS',
    },
    patienceMs: {
      doc: 'Give a unit up, and end the process, after this long without progress. Not set: wait for OpenSearch without limit; nothing is lost meanwhile.',
      format: 'milliseconds',
      unit: 'ms',
      default: null,
      env: 'DRIFTLINE_OPENSEARCH_RETRY_PATIENCE_MS',
    },
  },
} as const satisfies Section;
