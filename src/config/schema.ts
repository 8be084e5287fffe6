import { keysOf, type Section, type Values } from './section.ts';
import { kafka } from './sections/kafka.ts';
import { opensearch } from './sections/opensearch.ts';
import { desired, detection, kubernetes, records, registry, unit } from './sections/processing.ts';
import { http, log, shutdown, traces, watchdog } from './sections/service.ts';

/** Every key of the configuration, by section. */
export const SCHEMA = {
  kafka,
  unit,
  records,
  registry,
  opensearch,
  desired,
  detection,
  kubernetes,
  http,
  shutdown,
  watchdog,
  log,
  traces,
} as const satisfies Section;

/** The configuration as the program gets it: plain, checked, frozen; undefined where an optional key is not set. */
export type Config = Values<typeof SCHEMA>;

export const KEYS = keysOf(SCHEMA);

/** Keys of a secret, each with the key of the file that may hold it in its place. */
export const SECRET_FILES: readonly (readonly [secret: string, file: string])[] = [
  ['kafka.sasl.password', 'kafka.sasl.passwordFile'],
  ['kafka.sasl.oauth.clientSecret', 'kafka.sasl.oauth.clientSecretFile'],
  ['registry.password', 'registry.passwordFile'],
  ['registry.token', 'registry.tokenFile'],
  ['opensearch.password', 'opensearch.passwordFile'],
  ['desired.hashKey', 'desired.hashKeyFile'],
];

/** Keys of files that are read when connections are opened. */
export const CONNECTION_FILES: readonly string[] = [
  'kafka.ssl.caFile',
  'kafka.ssl.certFile',
  'kafka.ssl.keyFile',
  'opensearch.caFile',
  'opensearch.certFile',
  'opensearch.keyFile',
  'kafka.sasl.oauth.tokenFile',
  'kafka.sasl.oauth.caFile',
  'registry.caFile',
  'registry.certFile',
  'registry.keyFile',
];
