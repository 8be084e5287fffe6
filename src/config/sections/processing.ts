import type { Section } from '../section.ts';

export const unit = {
  maxRecords: {
    doc: 'Most records that are indexed and committed as one. Fewer at the start, after a unit that took longer than 5 s, and after one that was interrupted.',
    format: 'count',
    unit: 'records',
    default: 5_000,
    env: 'DRIFTLINE_UNIT_MAX_RECORDS',
  },
  maxBytes: {
    doc: 'Most bytes of records that are indexed and committed as one. A larger record is a unit of its own.',
    format: 'bytes',
    unit: 'bytes',
    default: 8_388_608,
    env: 'DRIFTLINE_UNIT_MAX_BYTES',
  },
} as const satisfies Section;

export const records = {
  maxBytes: {
    doc: 'A record with a longer value is a dead letter (too_large).',
    format: 'bytes',
    unit: 'bytes',
    default: 1_048_576,
    env: 'DRIFTLINE_RECORDS_MAX_BYTES',
  },
  maxDepth: {
    doc: 'A record whose JSON nests deeper is a dead letter (too_deep).',
    format: 'count',
    unit: 'levels',
    default: 64,
    env: 'DRIFTLINE_RECORDS_MAX_DEPTH',
  },
} as const satisfies Section;

export const registry = {
  url: {
    doc: 'Schema registry with the Confluent API. Not set: only the schemas that ship with Driftline are known.',
    format: 'url',
    default: null,
    env: 'DRIFTLINE_REGISTRY_URL',
  },
  username: {
    doc: 'User name for basic authentication at the registry.',
    format: 'text',
    default: null,
    env: 'DRIFTLINE_REGISTRY_USERNAME',
  },
  password: {
    doc: 'Password at the registry. Prefer registry.passwordFile.',
    format: 'secret',
    default: null,
    env: 'DRIFTLINE_REGISTRY_PASSWORD',
    sensitive: true,
  },
  passwordFile: {
    doc: 'File that holds the password at the registry. Read again when it changes.',
    format: 'path',
    default: null,
    env: 'DRIFTLINE_REGISTRY_PASSWORD_FILE',
  },
  token: {
    doc: 'Bearer token at the registry, in place of a user name. Prefer registry.tokenFile.',
    format: 'secret',
    default: null,
    env: 'DRIFTLINE_REGISTRY_TOKEN',
    sensitive: true,
  },
  tokenFile: {
    doc: 'File that holds the bearer token at the registry. Read again when it changes.',
    format: 'path',
    default: null,
    env: 'DRIFTLINE_REGISTRY_TOKEN_FILE',
  },
  caFile: {
    doc: 'PEM file of the certificate authorities to trust in place of the system ones.',
    format: 'path',
    default: null,
    env: 'DRIFTLINE_REGISTRY_CA_FILE',
  },
  certFile: {
    doc: 'PEM file of the client certificate at the registry. Needs registry.keyFile. Both are read again when they change.',
    format: 'path',
    default: null,
    env: 'DRIFTLINE_REGISTRY_CERT_FILE',
  },
  keyFile: {
    doc: 'PEM file of the key of that certificate, without a passphrase.',
    format: 'path',
    default: null,
    env: 'DRIFTLINE_REGISTRY_KEY_FILE',
  },
  requestTimeoutMs: {
    doc: 'A request to the registry fails after this long.',
    format: 'milliseconds',
    unit: 'ms',
    default: 10_000,
    env: 'DRIFTLINE_REGISTRY_REQUEST_TIMEOUT_MS',
  },
  patienceMs: {
    doc: 'End the process after the registry could not be asked for this long. Until then units wait; nothing is lost meanwhile.',
    format: 'milliseconds',
    unit: 'ms',
    default: 600_000,
    env: 'DRIFTLINE_REGISTRY_PATIENCE_MS',
  },
} as const satisfies Section;

export const desired = {
  hashKey: {
    doc: 'Key of the hash that replaces sensitive attributes, at least 16 bytes. Publishers and workers share it. Prefer desired.hashKeyFile.',
    format: 'secret',
    default: null,
    env: 'DRIFTLINE_DESIRED_HASH_KEY',
    sensitive: true,
  },
  hashKeyFile: {
    doc: 'File that holds the key of the hash.',
    format: 'path',
    default: null,
    env: 'DRIFTLINE_DESIRED_HASH_KEY_FILE',
  },
  storeFolder: {
    doc: 'Folder of the store of desired resources, one for each process, on a disk of this machine. A start reads only what is new; it may be deleted while no process uses it, and is then filled from the topic again. Not set: a folder below the system’s temporary folder, which processes of one group find again.',
    format: 'path',
    default: null,
    env: 'DRIFTLINE_DESIRED_STORE_FOLDER',
  },
  maxStateBytes: {
    doc: 'Largest file of a state that is read, before and after decompression. A large one is held in compressed blocks; Terraform states, `show -json` and Pulumi exports are read resource by resource.',
    format: 'bytes',
    unit: 'bytes',
    default: 1_073_741_824,
    env: 'DRIFTLINE_DESIRED_MAX_STATE_BYTES',
  },
} as const satisfies Section;

export const detection = {
  trustedPrincipals: {
    doc: 'Principals that may apply code: role ARNs, user ARNs, e-mail addresses; `*` stands for any run of characters. An IaC tool run by anybody else is a candidate. A change in the configuration file counts within five seconds.',
    format: 'list',
    default: [],
    env: 'DRIFTLINE_DETECTION_TRUSTED_PRINCIPALS',
  },
  trustedPrincipalsFile: {
    doc: 'JSON file of principals that may apply code in some accounts only: a list of objects with principals and accounts (globs), and where it matters provider. A changed file counts within five seconds. See config/detection.md.',
    format: 'path',
    default: null,
    env: 'DRIFTLINE_DETECTION_TRUSTED_PRINCIPALS_FILE',
  },
  candidateClasses: {
    doc: 'Classes of actors that are left alone otherwise: cloud_service, k8s_controller. Acts of those that are listed can be candidates.',
    format: 'actor-classes',
    default: [],
    env: 'DRIFTLINE_DETECTION_CANDIDATE_CLASSES',
  },
  ignoreRulesFile: {
    doc: 'File of rules for acts that are no drift: YAML (.yaml, .yml) or JSON (.json), any other name as lines of a .driftignore. A changed file counts within five seconds. See config/detection.md.',
    format: 'path',
    default: null,
    env: 'DRIFTLINE_DETECTION_IGNORE_RULES_FILE',
  },
  tablesFolder: {
    doc: 'Folder of provider tables. Not set: those that ship with Driftline.',
    format: 'path',
    default: null,
    env: 'DRIFTLINE_DETECTION_TABLES_FOLDER',
  },
} as const satisfies Section;

export const kubernetes = {
  cluster: {
    doc: 'Name of the cluster of Kubernetes audit events that nothing else tells it of: neither the record, nor what a carrier or shipper put around it, nor its header. As given to `driftline desired publish --cluster`.',
    format: 'text',
    default: null,
    env: 'DRIFTLINE_KUBERNETES_CLUSTER',
  },
  clusterHeader: {
    doc: 'Header of a record that names the cluster of its Kubernetes audit events.',
    format: 'text',
    default: 'cluster',
    env: 'DRIFTLINE_KUBERNETES_CLUSTER_HEADER',
  },
} as const satisfies Section;
