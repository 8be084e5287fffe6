import { checkSasl } from './check-sasl.ts';
import type { Config } from './schema.ts';

/** What two keys together get wrong, as key and message. Each key alone has been checked before. */
export const crossCheck = (
  config: Config,
): readonly (readonly [key: string, message: string])[] => {
  const found: (readonly [string, string])[] = [];
  const { kafka, opensearch, registry, desired } = config;
  const refuseIf = (wrong: boolean, key: string, message: string): void => {
    if (wrong) found.push([key, message]);
  };

  refuseIf(
    kafka.sessionTimeoutMs < 3 * kafka.heartbeatIntervalMs,
    'kafka.sessionTimeoutMs',
    'must be at least three times kafka.heartbeatIntervalMs',
  );
  for (const [name, files] of [
    ['kafka.ssl', kafka.ssl],
    ['opensearch', opensearch],
    ['registry', registry],
  ] as const) {
    refuseIf(
      (files.certFile === undefined) !== (files.keyFile === undefined),
      files.certFile === undefined ? `${name}.certFile` : `${name}.keyFile`,
      `is needed too: ${name}.certFile and ${name}.keyFile go together`,
    );
  }
  refuseIf(
    !kafka.ssl.enabled && (kafka.ssl.caFile ?? kafka.ssl.certFile) !== undefined,
    'kafka.ssl.enabled',
    'must be true where kafka.ssl names files',
  );
  refuseIf(
    opensearch.aws.region !== undefined && opensearch.username !== undefined,
    'opensearch.aws.region',
    'must not be given together with opensearch.username: a request is signed or has a user name',
  );
  refuseIf(
    (opensearch.certFile ?? opensearch.caFile) !== undefined &&
      opensearch.nodes.some((node) => node.startsWith('http:')),
    'opensearch.nodes',
    'must start with https:// where opensearch has certificates',
  );
  found.push(...checkSasl(kafka.sasl));
  for (const [name, section] of [
    ['opensearch', opensearch],
    ['registry', registry],
  ] as const) {
    refuseIf(
      (section.username === undefined) !== (section.password === undefined),
      section.username === undefined ? `${name}.username` : `${name}.password`,
      'is needed too: a user name and a password go together',
    );
  }
  refuseIf(
    registry.token !== undefined && registry.username !== undefined,
    'registry.token',
    'must not be given together with registry.username',
  );
  const topics = Object.values(kafka.topics);
  refuseIf(new Set(topics).size < topics.length, 'kafka.topics', 'must be four different topics');
  const indexes = Object.values(opensearch.indexes);
  refuseIf(
    new Set(indexes).size < indexes.length,
    'opensearch.indexes',
    'must be three different names',
  );
  refuseIf(
    opensearch.retry.initialDelayMs > opensearch.retry.maxDelayMs,
    'opensearch.retry.initialDelayMs',
    'must not be above opensearch.retry.maxDelayMs',
  );
  refuseIf(
    desired.hashKey !== undefined && Buffer.byteLength(desired.hashKey) < 16,
    'desired.hashKey',
    'must be at least 16 bytes long',
  );
  return found;
};
